import type { Token } from './token.js';
import { insideQuotes } from './token.js';

/** What a literal means to the platform, with doubled quotes and Snowflake's escapes undone. */
export function literalValue(text: string, token: Token): string {
  const inside = insideQuotes(text, token);
  if (token.kind === 'quoted') return inside.replaceAll('""', '"');
  return token.kind === 'string' ? unescaped(inside) : inside;
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
