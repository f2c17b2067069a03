// Databricks' words, quotes and comments. One pass, every character looked at a fixed number of times.
//
// The grammar is Spark's (SqlBaseLexer.g4) with what the vendor's language manual adds. Like its Snowflake sister this lexer accepts only what
// every reader agrees on and refuses the rest with its line: here that is, above all, hints (`/*+`, whose inside is code to Spark and a comment to
// everybody else), line comments that a backslash carries on, and prefixes glued to quotes. Outside quotes and comments only ASCII is accepted.
// `:name`, `?` and `${name}` are legal; whoever classifies a statement says what they mean for it.
import { ScriptRefused } from './script-refused.js';
import { emptyHash, growHash, shapeWord } from './shape-words.js';
import type { FreshToken, TokenKind } from './token.js';

/** Tokens of a Databricks text. Throws `ScriptRefused` for whatever is not certain. */
export function lexDatabricks(text: string): readonly FreshToken[] {
  return new DatabricksLexer(text).lex();
}

const nul = 0x00;
const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;
const doubleQuote = 0x22;
const hash = 0x23;
const dollar = 0x24;
const percent = 0x25;
const singleQuote = 0x27;
const asterisk = 0x2a;
const plus = 0x2b;
const hyphen = 0x2d;
const dot = 0x2e;
const slash = 0x2f;
const lessThan = 0x3c;
const backslash = 0x5c;
const backtick = 0x60;
const openBrace = 0x7b;

const symbolText = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

class DatabricksLexer {
  readonly #text: string;
  readonly #tokens: FreshToken[] = [];
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  lex(): readonly FreshToken[] {
    const text = this.#text;
    while (this.#at < text.length) {
      const code = text.charCodeAt(this.#at);
      if (code === lineFeed) this.#line++;
      if (code === lineFeed || code === blank || code === tab || code === carriageReturn) this.#at++;
      else if (isLetter(code)) this.#word();
      else if (isDigit(code)) this.#number();
      else this.#special(code, text.charCodeAt(this.#at + 1));
    }
    return this.#tokens;
  }

  #special(code: number, next: number): void {
    if (code === singleQuote || code === doubleQuote) this.#string(this.#at);
    else if (code === backtick) this.#quoted();
    else if (code === dollar) this.#dollar(next);
    else if (code === hyphen && next === hyphen) this.#lineComment();
    else if (code === slash && next === asterisk) this.#blockComment();
    else {
      this.#refuseUncertain(code, next);
      const start = this.#at++;
      this.#push('symbol', start, this.#line, symbolText[code] ?? '');
    }
  }

  #refuseUncertain(code: number, next: number): void {
    if (code < blank || code > 0x7e) this.#refuseStranger(code);
    if (code === hash) this.#refuse('"#" stands outside quotes.', 'Write comments with "--".');
    if (code === backslash) this.#refuse('a backslash stands outside quotes.', 'Remove it.');
    if (code === slash && next === slash) {
      this.#refuse('"//" stands outside quotes: readers differ on whether a comment starts there.', 'Write comments with "--" and quote addresses.');
    }
    if ((code === openBrace && (next === openBrace || next === percent)) || (code === lessThan && next === percent)) {
      this.#refuse('a template marker stands outside quotes.', 'Render the template first.');
    }
  }

  #push(kind: TokenKind, start: number, line: number, word: string): void {
    this.#tokens.push({ kind, start, end: this.#at, line, word });
  }

  #word(): void {
    const text = this.#text;
    const start = this.#at;
    let end = start;
    let growing = emptyHash;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (!isWordCode(code)) break;
      growing = growHash(growing, code);
    }
    if (end === start + 1 && isRawPrefix(text.charCodeAt(start)) && isStringQuote(text.charCodeAt(end))) return this.#rawString(end);
    this.#at = end;
    this.#push('word', start, this.#line, shapeWord(text, start, end, growing));
  }

  /** Takes a dot and letters with it: `1.END` is no END, and a digit may start a name. */
  #number(): void {
    const text = this.#text;
    const start = this.#at;
    let end = start;
    while (end < text.length && (isWordCode(text.charCodeAt(end)) || text.charCodeAt(end) === dot)) end++;
    const next = text.charCodeAt(end);
    if (isStringQuote(next)) this.#refuse('a quote touches a number: readers differ on where the string starts.', 'Put a blank between them.');
    this.#at = end;
    this.#push('number', start, this.#line, '');
  }

  /** In double quotes too: whether those make a string or a name is a setting of the workspace, but they end in the same place. */
  #string(start: number): void {
    const text = this.#text;
    const line = this.#line;
    const quote = text.charCodeAt(start);
    for (let end = start + 1; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === lineFeed) this.#line++;
      else if (code === backslash) {
        if (text.charCodeAt(++end) === lineFeed) this.#line++;
      } else if (code === quote) {
        if (text.charCodeAt(end + 1) === quote) end++;
        else {
          this.#at = end + 1;
          this.#push('string', start, line, '');
          return;
        }
      }
    }
    refuse(line, 'a string is not closed.', `Close it with a ${quote === singleQuote ? 'single' : 'double'} quote.`);
  }

  /** `r'..'`: nothing in it is special, and nothing can stand for its quote. */
  #rawString(open: number): void {
    const text = this.#text;
    const line = this.#line;
    const quote = text.charCodeAt(open);
    for (let end = open + 1; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === lineFeed) this.#line++;
      else if (code === quote) {
        this.#at = end + 1;
        if (isStringQuote(text.charCodeAt(this.#at))) {
          this.#refuse('a quote touches the end of a raw string: readers differ on where it ends.', 'Put a blank between them.');
        }
        this.#push('string', open - 1, line, '');
        return;
      }
    }
    refuse(line, 'a raw string is not closed.', 'Close it with the quote that opened it.');
  }

  #quoted(): void {
    const text = this.#text;
    const start = this.#at;
    const line = this.#line;
    for (let end = start + 1; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === lineFeed) this.#line++;
      else if (code === backtick) {
        if (text.charCodeAt(end + 1) === backtick) end++;
        else {
          this.#at = end + 1;
          this.#push('quoted', start, line, '');
          return;
        }
      }
    }
    refuse(line, 'a quoted name is not closed.', 'Close it with a backtick.');
  }

  /** `${name}` is left to the brackets; otherwise `$tag$ .. $tag$`, with letters as tag or none. */
  #dollar(next: number): void {
    const text = this.#text;
    const start = this.#at;
    if (next === openBrace) {
      this.#at++;
      return this.#push('symbol', start, this.#line, '$');
    }
    let end = start + 1;
    while (isTagLetter(text.charCodeAt(end))) end++;
    if (text.charCodeAt(end) !== dollar) this.#refuse('"$" stands alone outside quotes.', 'Remove it.');
    this.#dollarQuoted(text.slice(start, end + 1));
  }

  #dollarQuoted(tag: string): void {
    const text = this.#text;
    const start = this.#at;
    const line = this.#line;
    let tagStart = -1; // of letters after a dollar sign that may become the closing tag
    for (let end = start + tag.length; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === lineFeed) this.#line++;
      if (code === dollar) {
        const found = tagStart < 0 ? '' : text.slice(tagStart, end + 1);
        if (found === tag) {
          this.#at = end + 1;
          return this.#push('dollar', start, line, '');
        }
        if (found.length === tag.length && found.toUpperCase() === tag.toUpperCase()) {
          this.#refuse(`a literal opened by "${tag}" holds the same tag in other letters: readers differ on where it ends.`, 'Use another tag.');
        }
        tagStart = end;
      } else if (!isTagLetter(code)) tagStart = -1;
    }
    refuse(line, `a "${tag}" literal is not closed.`, `Close it with "${tag}".`);
  }

  #lineComment(): void {
    const text = this.#text;
    let end = this.#at + 2;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === lineFeed) break;
      if (code === nul) this.#refuseStranger(code);
      const next = text.charCodeAt(end + 1);
      if ((code === carriageReturn && next !== lineFeed) || code === 0x85 || code === 0x2028 || code === 0x2029) {
        this.#refuse('a line comment holds a line break that not every reader sees.', 'End lines with a line feed.');
      }
      if (code === backslash && (next === lineFeed || next === carriageReturn || Number.isNaN(next))) {
        this.#refuse('a line comment ends in a backslash, which carries it on into the next line.', 'Remove the backslash.');
      }
    }
    this.#at = end;
  }

  /** They nest. */
  #blockComment(): void {
    const text = this.#text;
    const opened: number[] = [];
    for (let end = this.#at; end < text.length; end++) {
      const code = text.charCodeAt(end);
      const next = text.charCodeAt(end + 1);
      if (code === lineFeed) this.#line++;
      else if (code === nul) this.#refuseStranger(code);
      else if (code === slash && next === asterisk) {
        if (text.charCodeAt(end + 2) === plus)
          this.#refuse('"/*+" opens a hint, which is no comment: readers differ on what stands in it.', 'Remove it.');
        opened.push(this.#line);
        end++;
      } else if (code === asterisk && next === slash) {
        opened.pop();
        end++;
        if (opened.length === 0) {
          this.#at = end + 1;
          return;
        }
      }
    }
    refuse(opened.at(-1) ?? this.#line, 'a comment is not closed.', 'Close it with "*/", once for each "/*": comments nest.');
  }

  #refuseStranger(code: number): never {
    const shown = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
    return this.#refuse(
      `${shown} stands outside quotes. Only ASCII is accepted there, because look-alike and invisible characters show one script and run another.`,
      'Remove it, or quote the name it belongs to.',
    );
  }

  #refuse(complaint: string, next: string): never {
    return refuse(this.#line, complaint, next);
  }
}

function refuse(line: number, complaint: string, next: string): never {
  throw new ScriptRefused(line, complaint, next);
}

/** Letters of a dollar tag. */
function isTagLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

function isLetter(code: number): boolean {
  return isTagLetter(code) || code === 0x5f;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isWordCode(code: number): boolean {
  return isLetter(code) || isDigit(code);
}

function isRawPrefix(code: number): boolean {
  return code === 0x72 || code === 0x52;
}

function isStringQuote(code: number): boolean {
  return code === singleQuote || code === doubleQuote;
}
