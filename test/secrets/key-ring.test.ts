import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { parseKeyRing, readKeyRing } from '../../secrets/key-ring.js';
import { SecretError } from '../../secrets/secret-error.js';

const newer = randomBytes(32);
const older = randomBytes(32);
const text = `# rotated in November\r\n\n  2026-11:${newer.toString('base64')}\r\n2025-01:${older.toString('base64')}\n`;

function refusal(of: string): SecretError {
  try {
    parseKeyRing(of);
  } catch (error) {
    if (error instanceof SecretError) return error;
  }
  throw new Error('was accepted');
}

test('the first key encrypts, every key is found, an unknown one is not', () => {
  const ring = parseKeyRing(text);

  expect(ring.current).toEqual({ id: '2026-11', key: newer });
  expect(ring.find('2025-01')).toEqual(older);
  expect(ring.find('2026-11')).toEqual(newer);
  expect(ring.find('__proto__')).toBeUndefined();
});

test('a ring prints the ids of its keys and nothing else', () => {
  const ring = parseKeyRing(text);
  const printed = inspect({ ring }, { depth: 10, showHidden: true, getters: true }) + JSON.stringify({ ring });

  expect(printed).toContain('2025-01');
  for (const key of [newer, older]) for (const form of ['hex', 'base64'] as const) expect(printed).not.toContain(key.toString(form).slice(0, 10));
});

test.each([
  ['no separator', 'abcdef', 'line 2 is not of the form'],
  ['an id with a space', `a b:${newer.toString('base64')}`, 'line 2 is not of the form'],
  ['an empty id', `:${newer.toString('base64')}`, 'line 2 is not of the form'],
  ['a comment behind the key', `k:${newer.toString('base64')} # new`, 'line 2 is not of the form'],
  ['31 bytes', `k:${newer.subarray(1).toString('base64')}`, 'line 2 holds a key of 31 bytes instead of 32'],
  ['64 bytes', `k:${Buffer.concat([newer, older]).toString('base64')}`, 'line 2 holds a key of 64 bytes instead of 32'],
  ['cut-off base64', `k:${newer.toString('base64').replace('=', '')}`, 'line 2 is not proper base64'],
  ['base64url', `k:${Buffer.alloc(32, 0xff).toString('base64url')}`, 'line 2 is not of the form'],
  ['a repeated id', `k:${newer.toString('base64')}\nk:${older.toString('base64')}`, 'line 3 repeats the id'],
])('%s is refused with its line and without the key', (_, lines, complaint) => {
  const error = refusal(`# keys\n${lines}`);

  expect(error.message).toContain(complaint);
  expect(error.kind).toBe('secret-unavailable');
  for (const key of [newer, older]) expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(key.toString('base64').slice(0, 8));
});

test('a file without a key is refused', () => {
  expect(refusal('# nothing yet\n').message).toContain('holds no key');
});

test('a key file is read only if nobody else can read it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-keys-'));
  const path = join(folder, 'keys');
  await writeFile(path, text, { mode: 0o600 });

  expect((await readKeyRing(path)).current.id).toBe('2026-11');

  await chmod(path, 0o644);
  await expect(readKeyRing(path)).rejects.toThrow(/mode 0644/);
  await expect(readKeyRing(join(folder, 'none'))).rejects.toThrow(/cannot be found/);
  await writeFile(path, 'nonsense');
  await chmod(path, 0o600);
  await expect(readKeyRing(path)).rejects.toThrow(`The key file ${JSON.stringify(path)} is refused: line 1`);
  await rm(folder, { recursive: true });
});
