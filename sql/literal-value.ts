import type { LexedText, Token } from './token.js';
import { insideQuotes, isRaw } from './token.js';

/** What a literal means to the platform, with doubled quotes and its escapes undone. */
export function literalValue({ platform, text }: Pick<LexedText, 'platform' | 'text'>, token: Token): string {
  const inside = insideQuotes(text, token);
  if (token.kind === 'dollar' || isRaw(text, token)) return inside;
  const quote = text[token.start] ?? '';
  if (token.kind === 'quoted') return inside.replaceAll(quote + quote, quote);
  return platform === 'Snowflake' ? unescaped(inside) : unescapedByDatabricks(inside, quote);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' };

/** Undoes the escapes of a single-quoted literal. */
function unescaped(inside: string): string {
  if (!inside.includes('\\') && !inside.includes("''")) return inside;
  return inside.replace(
    /''|\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3][0-7]{2})|([^]))/g,
    (_, unicode?: string, hexadecimal?: string, octal?: string, character?: string) => {
      const code = unicode ?? hexadecimal;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return character === undefined ? "'" : (escapes[character] ?? character);
    },
  );
}

const databricksEscapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', '0': '\0', Z: '\u001a', '%': '\\%', _: '\\_' };

function unescapedByDatabricks(inside: string, quote: string): string {
  if (!inside.includes('\\') && !inside.includes(quote)) return inside;
  return inside.replace(
    /''|""|\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([^]))/g,
    (written, unicode?: string, wide?: string, octal?: string, character?: string) => {
      const code = Number.parseInt(unicode ?? wide ?? '', 16);
      if (code <= 0x10ffff) return String.fromCodePoint(code);
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (character !== undefined) return databricksEscapes[character] ?? character;
      return written.startsWith(quote) ? quote : written;
    },
  );
}
