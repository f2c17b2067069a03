// What a terminal obeys must not come from a manifest, a script, a server or another person. Everything that is not a literal of ours passes
// `words`, and the output accepts nothing else: its type is a class of its own, so the compiler finds the place that forgot.

// Not exported as a value: only the functions below make one.
class Visible {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** Text whose every variable part was made visible. */
export type SafeText = Visible;

/** A template whose values are made visible; values that are safe already stay as they are. */
export function words(literals: TemplateStringsArray, ...values: readonly (string | number | SafeText)[]): SafeText {
  const parts = literals.flatMap((literal, index) => {
    const value = values[index];
    return value === undefined ? [literal] : [literal, value instanceof Visible ? value.toString() : visible(String(value))];
  });
  return new Visible(parts.join(''));
}

/** Lines of a text that may have several, each made visible. Tabs become spaces. */
export function paragraph(text: string): SafeText[] {
  return text.split(/\r\n|\n|\r/).map((line) => words`${line.replaceAll('\t', '    ')}`);
}

/** Parts joined by a literal of ours. */
export function joined(parts: readonly (string | SafeText)[], separator: ', ' | ' ' | '\n' | '  '): SafeText {
  return new Visible(parts.map((part) => (part instanceof Visible ? part.toString() : visible(part))).join(separator));
}

/** Text cut to a width, with an ellipsis when something is left out. Counts code points. */
export function shortened(text: string, width: number): SafeText {
  const points = Array.from(visible(text));
  return new Visible(points.length <= width ? points.join('') : `${points.slice(0, Math.max(0, width - 1)).join('')}…`);
}

const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;
export type Style = keyof typeof codes;
/** Gives a text a style, or leaves it as it is where there is no colour. */
export type Styler = (style: Style, text: SafeText) => SafeText;

/** The one way a control sequence gets into safe text. */
export function styled(style: Style, text: SafeText): SafeText {
  const [on, off] = codes[style];
  return new Visible(`\u001b[${on}m${text.toString()}\u001b[${off}m`);
}

// Controls (C0, DEL, C1), format characters (bidi, zero width, tags), lone surrogates, private use, line separators and everything a
// renderer leaves out by default.
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Every character that a terminal obeys or hides, written as its code point. */
export function visible(text: string): string {
  return text.replace(unseen, (character) => escapeOf(character.codePointAt(0) ?? 0));
}

/** JSON whose text is safe on a terminal and means the same. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(unseen, (character) =>
    Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join(''),
  );
}

function escapeOf(point: number): string {
  return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`;
}
