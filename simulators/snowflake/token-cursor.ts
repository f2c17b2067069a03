// Reads tokens from left to right for the parsers. Whatever is not expected is the vendor's syntax error with line and position.
import { SqlError, syntaxError, unknownVariable } from './errors.js';
import type { Token } from './tokenizer.js';

/** What a text may lean on while it is read: session variables for IDENTIFIER($v), and values bound by the driver. */
export interface ParseContext {
  readonly variables: ReadonlyMap<string, string>;
  /** Keys `1`, `2`, ... as the wire numbers them. */
  readonly bindings: ReadonlyMap<string, string | null>;
}

export class TokenCursor {
  readonly context: ParseContext;
  /** The text the tokens were cut from: bodies are taken from it as written. */
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #questionMarks = 0;

  constructor(text: string, tokens: readonly Token[], context: ParseContext) {
    this.text = text;
    this.#tokens = tokens;
    this.context = context;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  get atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** True when the next tokens are these keywords or symbols; nothing is consumed. */
  sees(...expected: readonly string[]): boolean {
    return expected.every((value, index) => {
      const token = this.peek(index);
      return token !== undefined && (token.kind === 'word' || token.kind === 'symbol') && token.value === value;
    });
  }

  accept(...expected: readonly string[]): boolean {
    if (!this.sees(...expected)) return false;
    this.#at += expected.length;
    return true;
  }

  expect(...expected: readonly string[]): void {
    for (const value of expected) if (!this.accept(value)) throw this.unexpected();
  }

  next(): Token {
    const token = this.peek();
    if (token === undefined) throw this.unexpected();
    this.#at++;
    return token;
  }

  unexpected(): SqlError {
    const token = this.peek();
    if (token !== undefined) return syntaxError(token.line, token.position, token.text);
    const last = this.#tokens.at(-1);
    return syntaxError(last?.line ?? 1, last === undefined ? 0 : last.position + last.text.length, '<EOF>');
  }

  /** Throws unless everything was read. */
  end(): void {
    if (!this.atEnd) throw this.unexpected();
  }

  /** A keyword among several; undefined leaves the cursor where it was. */
  acceptOneOf<T extends string>(values: readonly T[]): T | undefined {
    return values.find((value) => this.accept(...value.split(' ')));
  }

  string(): string {
    const token = this.peek();
    if (token?.kind !== 'string') throw this.unexpected();
    this.#at++;
    return token.value;
  }

  number(): number {
    const token = this.peek();
    if (token?.kind !== 'number') throw this.unexpected();
    this.#at++;
    return Number(token.value);
  }

  identifier(): string {
    const token = this.peek();
    if (token?.kind !== 'word' && token?.kind !== 'quoted') throw this.unexpected();
    if (token.kind === 'quoted' && token.value === '') throw this.unexpected();
    this.#at++;
    return token.value;
  }

  /** A name of one to three parts, or IDENTIFIER('...') [doc]. */
  name(): string[] {
    if (this.sees('IDENTIFIER', '(')) return this.#identifierFunction();
    const parts = [this.identifier()];
    while (parts.length < 3 && this.accept('.')) parts.push(this.identifier());
    return parts;
  }

  /** The value of the next `?`. */
  questionMark(): string | null {
    return this.binding(String(++this.#questionMarks));
  }

  binding(key: string): string | null {
    const value = this.context.bindings.get(key);
    // [known] 002049 (42601)
    if (value === undefined) throw new SqlError('002049', '42601', `SQL compilation error:\nBind variable :${key} not set.`);
    return value;
  }

  variable(name: string): string {
    const value = this.context.variables.get(name);
    if (value === undefined) throw unknownVariable(name);
    return value;
  }

  /** Consumes `( ... )` with everything nested in it and gives the tokens between. */
  parenthesised(): Token[] {
    this.expect('(');
    const inside: Token[] = [];
    for (let depth = 1; ; ) {
      const token = this.next();
      if (token.kind === 'symbol' && token.value === '(') depth++;
      if (token.kind === 'symbol' && token.value === ')' && --depth === 0) return inside;
      inside.push(token);
    }
  }

  /** Consumes all that is left and gives it. */
  rest(): Token[] {
    const rest = this.#tokens.slice(this.#at);
    this.#at = this.#tokens.length;
    return rest;
  }

  #identifierFunction(): string[] {
    this.expect('IDENTIFIER', '(');
    const token = this.next();
    const written = token.kind === 'variable' ? this.variable(token.value) : token.kind === 'string' ? token.value : undefined;
    if (written === undefined) throw this.unexpected();
    this.expect(')');
    return splitName(written);
  }
}

/** `db."My schema".t` as its parts. */
export function splitName(written: string): string[] {
  const parts = written.match(/"(?:[^"]|"")+"|[^".\s]+/g) ?? [];
  return parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toUpperCase()));
}
