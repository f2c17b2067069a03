// Characters that change how text looks without being seen: control characters (terminal sequences among them), direction controls, zero-width and
// filler characters, variation selectors and tags. A person must see what the platform gets. Line feed and tab stay; CR LF stays as it is.
const unseen = /\r(?!\n)|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Surrogate}]/gu;

/** The same text with every unseen character written out, such as `\u202e`. */
export function visibleText(text: string): string {
  return text.replace(unseen, (character) => `\\u${escaped(character.codePointAt(0) ?? 0)}`);
}

/** True if `visibleText` would write something out. */
export function holdsUnseen(text: string): boolean {
  return text.search(unseen) >= 0;
}

function escaped(code: number): string {
  return code > 0xffff ? `{${code.toString(16)}}` : code.toString(16).padStart(4, '0');
}
