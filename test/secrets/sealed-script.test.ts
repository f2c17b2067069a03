import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PortError, ScriptSeal } from '../../activities/ports.js';
import type { SealedScript } from '../../domain/script.js';
import { parseKeyRing } from '../../secrets/key-ring.js';
import { createScriptSeal } from '../../secrets/sealed-script.js';
import { ScriptError, SecretError } from '../../secrets/secret-error.js';

const first = randomBytes(32);
const second = randomBytes(32);
const line = (id: string, key: Buffer) => `${id}:${key.toString('base64')}`;
const sealWith = (...lines: string[]): ScriptSeal => createScriptSeal(parseKeyRing(lines.join('\n')));

const seal = sealWith(line('one', first));
const script = {
  platform: 'Snowflake',
  purpose: 'bootstrap',
  text: `CREATE USER "X" PASSWORD = 'canary-27182818';\n-- é 💥\n`,
  statementHashes: ['ab'],
} as const;

function refusal(sealed: SealedScript, by: ScriptSeal = seal): PortError {
  const error = openingOf(sealed, by);
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary');
  return error;
}

function openingOf(sealed: SealedScript, by: ScriptSeal): PortError {
  try {
    by.open(sealed);
  } catch (error) {
    if (error instanceof ScriptError || error instanceof SecretError) return error;
    throw error;
  }
  throw new Error('was opened');
}

test('what is sealed opens to the same bytes, and shows nothing in between', () => {
  const sealed = seal.seal(script);

  expect(seal.open(sealed)).toBe(script.text);
  expect(sealed).toMatchObject({ platform: 'Snowflake', purpose: 'bootstrap', statementHashes: ['ab'] });
  expect(sealed.sha256).toBe(createHash('sha256').update(script.text, 'utf8').digest('hex'));
  expect(sealed.sealed).toMatch(/^one:[A-Za-z0-9+/]+=*$/);
  expect(Buffer.from(sealed.sealed.slice(4), 'base64').toString('latin1')).not.toContain('canary');
});

test('every well-formed text survives', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('bootstrap', 'cleanup'),
      fc.constantFrom('Snowflake', 'Databricks'),
      (text, purpose, platform) => {
        const wellFormed = text.replace(/\p{Cs}/gu, '?');
        expect(seal.open(seal.seal({ platform, purpose, text: wellFormed, statementHashes: [] }))).toBe(wellFormed);
      },
    ),
    { numRuns: 200 },
  );
});

test('two seals of one script share nothing', () => {
  expect(seal.seal(script).sealed).not.toBe(seal.seal(script).sealed);
});

test('a rotated ring seals with its new key and opens what the old one sealed', () => {
  const rotated = sealWith(line('two', second), line('one', first));

  expect(rotated.open(seal.seal(script))).toBe(script.text);
  expect(rotated.seal(script).sealed).toMatch(/^two:/);
});

test('a key that is not in the ring is secret-unavailable and named', () => {
  const error = refusal(seal.seal(script), sealWith(line('two', second)));

  expect(error.kind).toBe('secret-unavailable');
  expect(error.message).toContain('"one"');
});

test('another key under the same id refuses the script and says what it may be', () => {
  const error = refusal(seal.seal(script), sealWith(line('one', second)));

  expect(error.kind).toBe('script-refused');
  expect(error.message).toContain('replaced under the same id');
});

test('any changed byte, platform, purpose, hash or key id is refused', () => {
  const sealed = seal.seal(script);
  const both = sealWith(line('one', first), line('two', first));
  const bytes = Buffer.from(sealed.sealed.slice(4), 'base64');
  const withFlip = (at: number) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
    return { ...sealed, sealed: `one:${copy.toString('base64')}` };
  };

  for (let at = 0; at < bytes.length; at++) expect(refusal(withFlip(at)).kind).toBe('script-refused');
  expect(refusal({ ...sealed, platform: 'Databricks' }).kind).toBe('script-refused');
  expect(refusal({ ...sealed, purpose: 'cleanup' }).kind).toBe('script-refused');
  expect(refusal({ ...sealed, sha256: 'f'.repeat(64) }).kind).toBe('script-refused');
  expect(refusal({ ...sealed, sealed: sealed.sealed.replace('one:', 'two:') }, both).kind).toBe('script-refused');
});

test.each(['', 'one', 'one:', 'one:!!!!', ':AAAA', 'one:AAAA', `one:${Buffer.alloc(28).toString('base64')}`, `one:${'A'.repeat(400)}`])(
  '%j is refused',
  (text) => {
    expect(refusal({ ...seal.seal(script), sealed: text }).kind).toBe('script-refused');
  },
);

test('a bomb sealed with the right key is not unpacked, and what is too large is not sealed', () => {
  const huge = Buffer.alloc(9 * 1024 * 1024, 0x20);
  const sha256 = createHash('sha256').update(huge).digest('hex');

  expect(refusal(craft(gzipSync(huge), sha256)).message).toContain('does not unpack to at most 8388608 bytes');
  expect(() => seal.seal({ ...script, text: huge.toString() })).toThrow(ScriptError);
});

test('a text other than its SHA-256 promises is refused although the key is right', () => {
  expect(refusal(craft(gzipSync('DROP DATABASE x;'), createHash('sha256').update('USE x;').digest('hex'))).message).toContain('another SHA-256');
  expect(refusal(craft(Buffer.from('not gzip'), 'a'.repeat(64))).message).toContain('does not unpack');
});

/** Sealed as the product seals, but with contents of our choice. */
function craft(packed: Buffer, sha256: string): SealedScript {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', first, iv).setAAD(Buffer.from(`mooring-script|1|one|Snowflake|bootstrap|${sha256}`));
  const sealed = Buffer.concat([iv, cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
  return { platform: 'Snowflake', purpose: 'bootstrap', sha256, statementHashes: [], sealed: `one:${sealed.toString('base64')}` };
}
