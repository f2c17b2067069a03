import { expect, it } from 'vitest';
import { asMarkdown, asParagraphs } from '../../rules/markdown.js';

it('leaves words, names and privileges as they are', () => {
  const text = 'grants MANAGE GRANTS on account to IMMUTA_SYSTEM; drops nothing. (line 12)';

  expect(asMarkdown(text)).toBe(text);
});

it.each([
  ['a link', '[approve](http://elsewhere)', '\\[approve\\](http\\://elsewhere)'],
  ['a link of an address', 'https://elsewhere and www.elsewhere', 'https\\://elsewhere and www\\.elsewhere'],
  ['an image', '![x](http://elsewhere)', '\\!\\[x\\](http\\://elsewhere)'],
  ['HTML', '<img src=x>', '\\<img src=x\\>'],
  ['emphasis', '**safe** and _so_', '\\*\\*safe\\*\\* and \\_so\\_'],
  ['code', '`x`', '\\`x\\`'],
  ['a heading or a block of its own', 'A\n\n# To approve\n```\n{}\n```', 'A \\# To approve \\`\\`\\` {} \\`\\`\\`'],
  ['an escape', '\\u000a', '\\\\u000a'],
])('makes no %s', (_, text, shown) => {
  expect(asMarkdown(text)).toBe(shown);
});

it('keeps the lines of a text apart where that is asked for', () => {
  expect(asParagraphs('Failed: role\n# passed: warehouse')).toBe('Failed: role\n\n\\# passed: warehouse');
});
