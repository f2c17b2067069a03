import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joined, paragraph, safeJson, shortened, styled, visible, words } from '../../client/safe-text.js';

// Written as code points: this file stays readable, and no editor is fooled.
const [escape, rightToLeft, zeroWidth, backspace, csi] = [0x1b, 0x202e, 0x200b, 0x08, 0x9b].map((point) => String.fromCodePoint(point)) as [
  string,
  string,
  string,
  string,
  string,
];
const harmful = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/u;

/** Any text, with much more than its share of what terminals obey. */
const nasty = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(escape, rightToLeft, zeroWidth, backspace, csi, '\n', '\r', '\ud800', '\u{e0041}')))
  .map((parts) => parts.join(''));

describe('Nothing a terminal obeys or hides gets through', () => {
  test('whatever the value is', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(words`before ${text} after`.toString()).not.toMatch(harmful);
        expect(shortened(text, 20).toString()).not.toMatch(harmful);
        for (const line of paragraph(text)) expect(line.toString()).not.toMatch(harmful);
        expect(joined([text, text], ', ').toString()).not.toMatch(harmful);
      }),
    );
  });

  test('nor through JSON, which still means the same', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const json = safeJson({ text });

        expect(json).not.toMatch(harmful);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});

test('What is made visible says which character it was', () => {
  expect(visible(`a${escape}[31mb${rightToLeft}`)).toBe('a\\u001b[31mb\\u202e');
});

test('Ordinary text of any script stays as it is', () => {
  expect(visible('Grüße, Ελλάδα, 日本, emoji 🚢 and "quotes"')).toBe('Grüße, Ελλάδα, 日本, emoji 🚢 and "quotes"');
});

test('Only a style of ours brings colour, and it survives being part of another text', () => {
  const text = words`${styled('red', words`stop ${escape}`)} here`;

  expect(text.toString()).toBe(`${escape}[31mstop \\u001b${escape}[39m here`);
});
