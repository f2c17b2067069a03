import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SqlError } from '../../simulators/databricks/errors.js';
import { parse } from '../../simulators/databricks/parse.js';
import { mergedTags, writeTags } from '../../simulators/databricks/query-tags.js';
import { tokenize } from '../../simulators/databricks/tokenizer.js';

describe('the tokens of the simulated workspace', () => {
  it.each([
    ['/* a /* b */ c */ SELECT', ['SELECT']],
    ['-- a;b\nSELECT', ['SELECT']],
    ['-- goes \\\non\nSELECT', ['SELECT']],
    ['`a``b;c`', ['a`b;c']],
    [String.raw`'it\'s; ' "a;b" r'\n;'`, ["it's; ", 'a;b', String.raw`\n;`]],
    ["$$ it's; $$", [" it's; "]],
    ['a.b::c <=> 1.5e3', ['A', '.', 'B', '::', 'C', '<=>', '1.5e3']],
  ])('of %j are %j', (text, values) => {
    expect(tokenize(text).map((token) => token.value)).toEqual(values);
  });

  it.each(["'open", '`open', '"open', '/* open /* */', "r'open"])('end in a syntax error where %j begins', (text) => {
    expect(() => tokenize(text)).toThrow(/PARSE_SYNTAX_ERROR.*SQLSTATE: 42601 \(line 1, pos \d\)/);
  });

  it('make a statement or a refusal of the vendor, whatever the text', () => {
    const word = fc.constantFrom(
      'CREATE',
      'CATALOG',
      'a',
      '`b`',
      '.',
      ';',
      '(',
      ')',
      'GRANT',
      'ON',
      'TO',
      'SELECT',
      '*',
      'FROM',
      'WHERE',
      "'x'",
      '$$',
      '--',
      '=',
      'IS',
      'NOT',
      '1',
    );

    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
        ),
        (text) => {
          let refusal: unknown;
          try {
            parse(text, tokenize(text));
          } catch (error) {
            refusal = error;
          }

          expect(refusal === undefined || refusal instanceof SqlError).toBe(true);
        },
      ),
    );
  });
});

describe('query tags', () => {
  it('come back as they were, whatever is in them', () => {
    const key = fc.stringMatching(/^[a-z\\]{1,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(fc.record({ key, value: fc.string({ minLength: 1 }) }), { selector: (tag) => tag.key }), (tags) => {
        expect(mergedTags(writeTags(tags), undefined)).toEqual(tags);
      }),
    );
  });

  it('of a statement win over those of its session', () => {
    expect(writeTags(mergedTags('a:1,b:2', 'b:3,c'))).toBe('a:1,b:3,c');
  });
});
