import { chmod, chown, link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PortError, ResolveSecret } from '../../activities/ports.js';
import { SecretError } from '../../secrets/secret-error.js';
import { createSecretResolver } from '../../secrets/secret-resolver.js';

const canary = 'canary-31415926';
const environment = {
  IMMUTA_API_KEY: canary,
  MOORING_SECRET_A: 'a',
  EMPTY_ONE: '',
  MOORING_SCRIPT_KEYS: canary,
  MOORING_CODEC_KEYS: canary,
  TEMPORAL_API_KEY: canary,
  PATH: canary,
};

let top = '';
let folder = '';
beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'mooring-secrets-'));
  folder = join(top, 'allowed');
  await mkdir(folder, { mode: 0o755 });
});
afterEach(() => rm(top, { recursive: true, force: true }));

function resolver(allowedNames: readonly string[] = ['IMMUTA_*', 'MOORING_SECRET_*', 'EMPTY_ONE']): ResolveSecret {
  return createSecretResolver({ environment, allowedNames, allowedFolders: [folder] });
}

async function file(name: string, content: string | Uint8Array = `${canary}\n`, mode = 0o600): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content, { mode });
  await chmod(path, mode);
  return path;
}

async function refusal(reference: string, resolve: ResolveSecret = resolver()): Promise<PortError> {
  const error: unknown = await resolve(reference).then(
    () => new Error(`${reference} was resolved`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof SecretError)) throw error;
  expect(error).toMatchObject({ kind: 'secret-unavailable', ambiguous: false });
  expect(error.next).not.toBe('');
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(canary);
  return error;
}

test('a variable on the list is resolved, and prints as redacted', async () => {
  const secret = await resolver()('env:IMMUTA_API_KEY');

  expect(secret.reveal()).toBe(canary);
  expect(inspect([secret], { depth: 10, showHidden: true }) + JSON.stringify([secret]) + String(secret)).not.toContain(canary);
});

test.each(['PATH', 'XIMMUTA_API_KEY', 'immuta_api_key', 'EMPTY_ONE_MORE', '__proto__', 'constructor'])(
  '%s is not on the list and is refused',
  async (name) => {
    expect((await refusal(`env:${name}`)).message).toContain(`env:${name} is not on this worker's list`);
  },
);

test.each(['MOORING_SCRIPT_KEYS', 'MOORING_CODEC_KEYS', 'MOORING_KEYS', 'TEMPORAL_API_KEY', 'TEMPORAL_TLS_CLIENT_KEY_DATA'])(
  '%s is never given away, even when it is listed',
  async (name) => {
    const error = await refusal(`env:${name}`, resolver([name, 'MOORING_*', 'TEMPORAL_*']));

    expect(error.message).toContain('never given to a manifest');
  },
);

test.each([
  ['IMMUTA_MISSING', 'not set'],
  ['EMPTY_ONE', 'empty'],
])('%s is %s: the message names it and says what to do', async (name, complaint) => {
  const error = await refusal(`env:${name}`);

  expect(error.message).toContain(`env:${name} is ${complaint}`);
  expect(error.next).toContain(`Set ${name}`);
});

test('an inherited property of the environment object is no variable', async () => {
  const inherited = Object.create({ IMMUTA_X: canary }) as Record<string, string>;
  const resolve = createSecretResolver({ environment: inherited, allowedNames: ['IMMUTA_*'], allowedFolders: [] });

  expect((await refusal('env:IMMUTA_X', resolve)).message).toContain('not set');
});

test.each(['*', 'A B', 'A*B', '', '-X'])('the list entry %j is refused at once', (name) => {
  expect(() => resolver([name])).toThrow(RangeError);
});

test.each(['/', '', 'relative', '//'])('the folder %j is refused at once', (bad) => {
  expect(() => createSecretResolver({ environment, allowedNames: [], allowedFolders: [bad] })).toThrow(RangeError);
});

test('a text that is no reference is refused and not repeated', async () => {
  expect((await refusal(canary)).message).not.toContain(canary);
  expect((await refusal(`vault:${canary}`)).message).not.toContain(canary);
});

test('nothing is kept: a changed file and a changed variable are seen at the next use', async () => {
  const path = await file('key', 'one');
  const changing = { IMMUTA_A: 'one' };
  const resolve = createSecretResolver({ environment: changing, allowedNames: ['IMMUTA_A'], allowedFolders: [folder] });
  const both = async () => [(await resolve(`file:${path}`)).reveal(), (await resolve('env:IMMUTA_A')).reveal()];

  expect(await both()).toEqual(['one', 'one']);
  await file('key', 'two');
  changing.IMMUTA_A = 'two';

  expect(await both()).toEqual(['two', 'two']);
});

test.each([
  ['plain', 'secret', 'secret'],
  ['one trailing newline', 'secret\n', 'secret'],
  ['a Windows newline', 'secret\r\n', 'secret'],
  ['two trailing newlines', 'secret\n\n', 'secret\n'],
  ['lines', '-----BEGIN-----\nabc\n-----END-----\n', '-----BEGIN-----\nabc\n-----END-----'],
  ['spaces', ' secret ', ' secret '],
])('a file with %s gives its text without one trailing newline', async (_, content, expected) => {
  const path = await file('key', content);

  expect((await resolver()(`file:${path}`)).reveal()).toBe(expected);
});

test.each([0o400, 0o600, 0o444])('mode %o is accepted', async (mode) => {
  const path = await file('key', canary, mode);

  expect((await resolver()(`file:${path}`)).reveal()).toBe(canary);
});

test.each([0o640, 0o604, 0o644, 0o620, 0o602, 0o660, 0o666, 0o440, 0o445, 0o777])(
  'mode %o is refused with the command that cures it',
  async (mode) => {
    const path = await file('key', canary, mode);

    const error = await refusal(`file:${path}`);

    expect(error.message).toContain(`mode 0${mode.toString(8)}`);
    expect(error.next).toContain('chmod 0400');
  },
);

test('0444 is refused where others may write the folder, at any level', async () => {
  await mkdir(join(folder, 'inner'));
  const path = await file('inner/key', canary, 0o444);
  expect((await resolver()(`file:${path}`)).reveal()).toBe(canary);

  await chmod(folder, 0o777);
  expect((await refusal(`file:${path}`)).message).toContain('mode 0444');

  await chmod(folder, 0o755);
  await chmod(join(folder, 'inner'), 0o775);
  expect((await refusal(`file:${path}`)).message).toContain('mode 0444');
});

test('a link is followed only if it ends in an allowed folder', async () => {
  const outside = join(top, 'outside');
  await writeFile(outside, canary, { mode: 0o600 });
  await symlink(outside, join(folder, 'out'));
  await symlink(await file('key'), join(folder, 'in'));
  await symlink(await file('key'), join(top, 'into'));

  expect((await resolver()(`file:${join(folder, 'in')}`)).reveal()).toBe(canary);
  expect((await resolver()(`file:${join(top, 'into')}`)).reveal()).toBe(canary);
  expect((await refusal(`file:${join(folder, 'out')}`)).message).toContain('once links are resolved');
});

test('paths that leave the folder, or only begin like it, are refused', async () => {
  await writeFile(join(top, 'outside'), canary, { mode: 0o600 });
  await mkdir(`${folder}-too`);
  await writeFile(join(`${folder}-too`, 'key'), canary, { mode: 0o600 });

  for (const path of [`${folder}/../outside`, join(`${folder}-too`, 'key'), '/etc/hostname', '/proc/self/environ', folder])
    expect((await refusal(`file:${path}`)).message).toMatch(/does not lie in an allowed folder|cannot be found/);
});

test('an allowed folder may itself be a link', async () => {
  await symlink(folder, join(top, 'alias'));
  const path = await file('key');
  const resolve = createSecretResolver({ environment, allowedNames: [], allowedFolders: [join(top, 'alias')] });

  expect((await resolve(`file:${join(top, 'alias', 'key')}`)).reveal()).toBe(canary);
  expect((await resolve(`file:${path}`)).reveal()).toBe(canary);
});

test('what is no regular file, too large, empty, missing or no text says so', async () => {
  await mkdir(join(folder, 'sub'));
  execFileSync('mkfifo', ['-m', '600', join(folder, 'pipe')]);

  expect((await refusal(`file:${join(folder, 'sub')}`)).message).toContain('not a regular file');
  expect((await refusal(`file:${join(folder, 'pipe')}`)).message).toContain('not a regular file');
  expect((await refusal(`file:${await file('big', 'x'.repeat(64 * 1024 + 1))}`)).message).toContain('more than 65536');
  expect((await resolver()(`file:${await file('full', 'x'.repeat(64 * 1024))}`)).reveal()).toHaveLength(64 * 1024);
  expect((await refusal(`file:${await file('empty', '\n')}`)).message).toContain('is empty');
  expect((await refusal(`file:${join(folder, 'none')}`)).message).toContain('ENOENT');
  expect((await refusal(`file:${await file('der', new Uint8Array([0x30, 0x82, 0xff]))}`)).message).toContain('UTF-8');
  expect((await refusal('file:relative/key')).message).toContain('not an absolute path');
});

test.runIf(process.getuid?.() === 0)('a file of another user is refused', async () => {
  const path = await file('key');
  await chown(path, 12345, 12345);

  expect((await refusal(`file:${path}`)).message).toContain('belongs neither to root nor to the user of the worker');
});

test('a hard link is the file it is: its own mode decides', async () => {
  const path = await file('key', canary, 0o644);
  await link(path, join(folder, 'hard'));

  expect((await refusal(`file:${join(folder, 'hard')}`)).message).toContain('mode 0644');
});
