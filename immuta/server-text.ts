// What of Immuta's words a person may see. Server text is hostile until shown otherwise: it may echo the request (which holds passwords and
// private keys), repaint a terminal, or turn the reading direction around. Everything shown passes here: first the secrets this client has
// resolved are masked, in the spellings a server is likely to echo; then control and direction characters go; then it is masked again, since
// removing characters can join what they separated; last it is cut. Masking after cutting could leave half a secret.

const mask = '[redacted]';
const shownCharacters = 500; // a validation message with its guidance fits; a script or a page does not
const shortestLine = 8; // a line of a PEM file is recognised alone; shorter lines are words such as "id" that occur everywhere

/** Masks, cleans and cuts what Immuta says. One for each client: it knows the secrets of that client only. */
export class ServerText {
  readonly #spellings = new Set<string>();
  #pattern: RegExp | undefined;

  /** From now on this value is masked in everything shown. */
  hide(secret: string): void {
    for (const spelling of spellings(secret)) this.#spellings.add(spelling);
    this.#pattern = undefined;
  }

  /** The text as it may stand in a message: one line, at most `limit` characters. */
  show(text: string, limit = shownCharacters): string {
    const clean = this.#mask(withoutControls(this.#mask(text))).trim();
    return clean.length <= limit ? clean : `${clean.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
  }

  #mask(text: string): string {
    if (this.#spellings.size === 0) return text;
    this.#pattern ??= new RegExp(
      [mask, ...[...this.#spellings].toSorted((one, other) => other.length - one.length)] // a mask is never masked again
        .map((spelling) => spelling.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
        .join('|'),
      'gi',
    );
    return text.replace(this.#pattern, mask);
  }
}

function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]+/gu, ' ').replace(/ {2,}/g, ' ');
}

function* spellings(secret: string): Generator<string> {
  const lines = secret.split(/\r?\n/).filter((line) => line.trim().length >= shortestLine && !/^-----.*-----$/.test(line.trim()));
  for (const part of new Set([secret, secret.trim(), withoutControls(secret).trim(), ...lines.map((line) => line.trim())])) {
    if (part === '') continue;
    const bytes = Buffer.from(part, 'utf8');
    yield part;
    yield JSON.stringify(part).slice(1, -1);
    yield encodeURIComponent(part.replace(/\p{Cs}/gu, '\uFFFD'));
    yield bytes.toString('hex');
    yield bytes.toString('base64').replace(/=+$/, '');
    yield bytes.toString('base64url');
  }
}
