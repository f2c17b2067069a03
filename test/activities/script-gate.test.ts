// Whatever is changed after the decision, wherever it lies: not one statement leaves.
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScriptSeal } from '../../activities/ports.js';
import type { Decision } from '../../domain/decision.js';
import type { SealedScript } from '../../domain/script.js';
import { createScriptSeal } from '../../secrets/sealed-script.js';
import { planScript } from '../../sql/plan-script.js';
import { approved, given, run, text } from './script-on-platform.js';

const key = { id: 'k1', key: randomBytes(32) };
const seal: ScriptSeal = createScriptSeal({ current: key, find: (id) => (id === key.id ? key.key : undefined) });
const { planned, hashes, statements } = planScript(text, 'Snowflake', 'bootstrap');
const script = seal.seal({ platform: 'Snowflake', purpose: 'bootstrap', text, statementHashes: hashes });

/** How many statements left, and whether it is tried again. */
async function outcome(changed: SealedScript, decisions: readonly Decision[] = [approved]): Promise<{ sent: number; triedAgain: boolean }> {
  const platform = given();
  const { result } = await run(platform, { input: { script: changed, decisions }, seal });
  const error: unknown = await result.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { sent: platform.sent.length, triedAgain: (error as { nonRetryable?: boolean } | undefined)?.nonRetryable !== true };
}

const refused = { sent: 0, triedAgain: false };

/** Another character of the same alphabet in one place. */
function flipped(value: string, at: number, by: number, alphabet: string): string {
  const place = at % value.length;
  const old = alphabet.indexOf(value[place] ?? '');
  if (old < 0) return `${value.slice(0, place)}${alphabet[by % alphabet.length] ?? ''}${value.slice(place + 1)}`;
  const next = alphabet[(old + 1 + (by % (alphabet.length - 1))) % alphabet.length] ?? '';
  return `${value.slice(0, place)}${next}${value.slice(place + 1)}`;
}

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const hexadecimal = '0123456789abcdef';
const place = fc.nat({ max: 100_000 });

describe('a byte that is flipped', () => {
  it('runs as it was decided while nothing is', async () => {
    const platform = given();

    await (await run(platform, { input: { script }, seal })).result;

    expect(platform.sent.map((sent) => sent.text)).toEqual(planScript(text, 'Snowflake', 'bootstrap').statements);
  });

  it('anywhere in the sealed script stops it', async () => {
    await fc.assert(
      fc.asyncProperty(place, place, async (at, by) => {
        const changed = flipped(script.sealed, at, by, base64);
        // The last digit of base64 may hold bits that mean nothing: then the bytes are the same.
        const bytes = (sealed: string): string => Buffer.from(sealed.slice(3), 'base64').toString('hex') + sealed.slice(0, 3);
        fc.pre(bytes(changed) !== bytes(script.sealed));
        expect(await outcome({ ...script, sealed: changed })).toEqual(refused);
      }),
      { numRuns: 150 },
    );
  });

  it('in its fingerprint, or in that of one statement, stops it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -1, max: hashes.length - 1 }), place, place, async (which, at, by) => {
        const statementHashes = hashes.map((hash, index) => (index === which ? flipped(hash, at, by, hexadecimal) : hash));
        expect(
          await outcome({ ...script, statementHashes, sha256: which < 0 ? flipped(script.sha256, at, by, hexadecimal) : script.sha256 }),
        ).toEqual(refused);
      }),
      { numRuns: 150 },
    );
  });

  it('in one statement, sealed anew by somebody who has the key but not the decision, stops it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...statements), place, fc.integer({ min: 32, max: 126 }), async (statement, at, code) => {
        const where = text.indexOf(statement) + (at % statement.length); // what stands between statements is in none of them
        const changed = `${text.slice(0, where)}${String.fromCodePoint(code)}${text.slice(where + 1)}`;
        fc.pre(changed !== text);
        const { sealed, sha256 } = seal.seal({ platform: 'Snowflake', purpose: 'bootstrap', text: changed, statementHashes: hashes });
        expect(await outcome({ ...script, sealed, sha256 })).toEqual(refused);
      }),
      { numRuns: 150 },
    );
  });

  it('in the purpose or the platform stops it', async () => {
    expect(await outcome({ ...script, purpose: 'cleanup' })).toEqual(refused);
    expect(await outcome({ ...script, platform: 'Databricks' })).toEqual(refused);
  });

  it.each<[string, readonly Decision[]]>([
    ['none', []],
    ['a rejection beside the approval', [approved, { ...approved, by: 'eve', verdict: 'reject', comment: 'no' }]],
    ['the word of a policy that this worker does not have', [{ ...approved, channel: 'policy' }]],
    ['a verdict that is none', [{ ...approved, verdict: 'approvf' as 'approve' }]],
  ])('in the decision stops it: %s', async (_what, decisions) => {
    expect(await outcome(script, decisions)).toEqual(refused);
  });

  it('is of no use where statements are missing or swapped', async () => {
    const [first = '', second = '', ...rest] = hashes;
    expect(await outcome({ ...script, statementHashes: [second, first, ...rest] })).toEqual(refused);
    expect(await outcome({ ...script, statementHashes: hashes.slice(1) })).toEqual(refused);
    expect(await outcome({ ...script, statementHashes: [...hashes, createHash('sha256').update('DROP DATABASE X').digest('hex')] })).toEqual(refused);
    expect(planned.statements).toHaveLength(hashes.length);
  });
});
