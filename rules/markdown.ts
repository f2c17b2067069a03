/**
 * Text as Markdown that shows just that text. What a script, a platform or a person wrote stands in the details of a run beside words of ours: no link,
 * image, heading or code block may come of it.
 */
export function asMarkdown(text: string): string {
  return text
    .replaceAll(/[\\`*[\]<>|~#!]|(?<!\w)_|_(?!\w)/g, (character) => `\\${character}`)
    .replaceAll(/:(?=\/\/)|(?<=\bwww)[.]/g, (character) => `\\${character}`)
    .replaceAll(/\s+/g, ' ');
}

/** The same for a text of several lines, each a paragraph of its own. */
export function asParagraphs(text: string): string {
  return text.split('\n').map(asMarkdown).join('\n\n');
}
