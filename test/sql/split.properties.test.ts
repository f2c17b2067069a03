import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScriptRefused } from '../../sql/script-refused.js';
import type { Statement } from '../../sql/split.js';
import { splitScript } from '../../sql/split.js';
import { countLooks } from './count-looks.js';
import { fragments, sampleStatements } from './sample-statements.js';

const separators = [';', ';\n', ' ; -- a;b\n', ";/* it's; */", ';\r\n// "\n', ';;\n;'];
const script = fc.array(fc.tuple(fc.constantFrom(...sampleStatements), fc.constantFrom(...separators)), { minLength: 1, maxLength: 12 });
const noise = fc.array(fc.constantFrom(...fragments), { maxLength: 30 }).map((parts) => parts.join(' '));
const tightNoise = fc.array(fc.constantFrom(...fragments), { maxLength: 30 }).map((parts) => parts.join(''));
const damaged = fc.tuple(script, fc.nat(), fc.nat({ max: 12 }), fc.constantFrom('', ...fragments)).map(([parts, at, length, inserted]) => {
  const whole = parts.flat().join('');
  const from = at % whole.length;
  return whole.slice(0, from) + inserted + whole.slice(from + length);
});
const anything = fc.oneof(noise, tightNoise, damaged, fc.string({ unit: 'binary', maxLength: 60 }));

function split(text: string): readonly Statement[] | undefined {
  try {
    return splitScript(text, 'Snowflake');
  } catch (error) {
    if (error instanceof ScriptRefused) return undefined;
    throw error;
  }
}

function texts(statements: readonly Statement[] | undefined): readonly string[] | undefined {
  return statements?.map((statement) => statement.text);
}

/** What stands between two statements may hold no statement: blanks, comments and semicolons only. */
const emptyBetween = /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\/[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*$/;

describe('the splitter', () => {
  it('gives back the statements it was given, however they were joined', () => {
    fc.assert(
      fc.property(script, (parts) => {
        expect(texts(split(parts.flat().join('')))).toEqual(parts.map(([statement]) => statement));
      }),
    );
  });

  it('finds the same pieces in three ways of joining them', () => {
    fc.assert(
      fc.property(script, (parts) => {
        const statements = parts.map(([statement]) => statement);

        const joined = [';', ';\n\n', ' ;-- x\n'].map((separator) => texts(split(statements.join(separator))));

        expect(joined[1]).toEqual(joined[0]);
        expect(joined[2]).toEqual(joined[0]);
      }),
    );
  });

  it.each(sampleStatements)('takes as one, put inside BEGIN .. END: %s', (statement) => {
    const block = `BEGIN\n${statement};\nEND`;

    expect(texts(split(block))).toEqual([block]);
    expect(texts(split(`${block};BEGIN ${block}; END`))).toHaveLength(2);
  });

  it('loses no text of any script, whole or damaged: pieces and what is between them are the input', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const statements = split(text);
        if (statements === undefined) return;

        let at = 0;
        for (const { start, end, text: piece, line } of statements) {
          expect(text.slice(at, start)).toMatch(emptyBetween);
          expect(text.slice(start, end)).toBe(piece);
          expect(line).toBe(text.slice(0, start).split('\n').length);
          at = end;
        }
        expect(text.slice(at)).toMatch(emptyBetween);
      }),
      { numRuns: 3_000 },
    );
  });

  it('splits each piece to itself, with equal tokens', () => {
    fc.assert(
      fc.property(anything, (text) => {
        for (const statement of split(text) ?? []) {
          const again = split(statement.text);

          expect(texts(again)).toEqual([statement.text]);
          expect(again?.[0]?.tokens.map(({ kind, start, end, word }) => [kind, start, end, word])).toEqual(
            statement.tokens.map(({ kind, start, end, word }) => [kind, start, end, word]),
          );
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives the same pieces when what it gave is joined and split again', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const once = texts(split(text)) ?? ['SELECT 1'];

        expect(texts(split(once.join(';\n')))).toEqual(once);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Inputs that make naive lexers look again and again at what they have seen. */
const adversarial: Readonly<Record<string, string>> = {
  'open block comments': '/* ',
  'stars in a comment': '/**',
  'line comments': '--\n',
  'empty strings': "''",
  'strings with escapes': "'\\'' ",
  'quoted names': '""',
  'dollar literals': '$$ $$ ',
  'open brackets': '(',
  'blocks in blocks': 'BEGIN ',
  'CASE expressions': 'x CASE ',
  'transactions that are none': 'BEGIN WORK NAME ',
  'headers without an end': 'CREATE PROCEDURE AS ',
  semicolons: ';',
  'short statements': 'x;',
  'dashes and slashes': '- / ',
  'stage paths': '@a"b" ',
  'secret words in a body': 'password token ',
  'long words': 'abcdefgh',
};

describe('the work grows in step with the input for', () => {
  it.each(Object.entries(adversarial))('%s', (_, unit) => {
    const lengths = [4_096, 8_192];

    const [small = 0, large = 0] = lengths.map((length) => countLooks(() => split(`SELECT ${unit.repeat(Math.ceil(length / unit.length))}`)));

    expect(large).toBeLessThanOrEqual(2.1 * small + 100);
    expect(large).toBeLessThanOrEqual(5 * 8_192 + 100);
  });
});
