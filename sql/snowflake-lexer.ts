// Snowflake's words, quotes and comments. One pass, every character looked at a fixed number of times.
//
// No server was asked where the vendor's documents leave a shape open, and tools read such shapes differently. So the lexer accepts only what
// every reader agrees on and refuses the rest with its line: a piece cut in the wrong place would run as ACCOUNTADMIN.
// Outside quotes and comments only ASCII is accepted: the documents allow nothing else in a bare name, and look-alike letters, typographic quotes
// and invisible characters all show one script and run another.
import { ScriptRefused } from './script-refused.js';
import { emptyHash, growHash, shapeWord } from './shape-words.js';
import type { FreshToken, TokenKind } from './token.js';

/** Tokens of a Snowflake text. Throws `ScriptRefused` for whatever is not certain. */
export function lexSnowflake(text: string): readonly FreshToken[] {
  return new SnowflakeLexer(text).lex();
}

const nul = 0x00;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const doubleQuote = 0x22;
const hash = 0x23;
const dollar = 0x24;
const percent = 0x25;
const ampersand = 0x26;
const singleQuote = 0x27;
const asterisk = 0x2a;
const hyphen = 0x2d;
const dot = 0x2e;
const slash = 0x2f;
const colon = 0x3a;
const semicolon = 0x3b;
const lessThan = 0x3c;
const at = 0x40;
const backslash = 0x5c;
const backtick = 0x60;
const openBrace = 0x7b;

// Character classes of ASCII.
const stranger = 0;
const blank = 1;
const wordStart = 2;
const digit = 3;
const symbol = 4;
const special = 5;

const classes = new Uint8Array(128);
for (const code of [0x09, lineFeed, 0x0b, 0x0c, carriageReturn, 0x20]) classes[code] = blank;
for (let code = 0x21; code < 0x7f; code++) classes[code] = symbol;
for (let code = 0x30; code <= 0x39; code++) classes[code] = digit;
for (let code = 0x41; code <= 0x5a; code++) classes[code] = classes[code + 0x20] = wordStart;
classes[0x5f] = wordStart;
for (const code of [doubleQuote, hash, dollar, ampersand, singleQuote, hyphen, slash, colon, lessThan, at, backslash, backtick, openBrace]) {
  classes[code] = special;
}
const symbolText = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

/** Ends a bare stage path. */
const stageEnd = new Set(Array.from(" \t\n\v\f\r;,()'", (character) => character.charCodeAt(0)));

class SnowflakeLexer {
  readonly #text: string;
  readonly #tokens: FreshToken[] = [];
  #at = 0;
  #line = 1;
  /** Index of the first token of the statement that is being read. */
  #first = 0;

  constructor(text: string) {
    this.#text = text;
  }

  lex(): readonly FreshToken[] {
    const text = this.#text;
    while (this.#at < text.length) {
      const code = text.charCodeAt(this.#at);
      switch (classOf(code)) {
        case blank:
          if (code === lineFeed) this.#line++;
          this.#at++;
          break;
        case wordStart:
          this.#word();
          break;
        case digit:
          this.#number();
          break;
        case symbol:
          this.#symbol(code);
          break;
        case special:
          this.#special(code);
          break;
        default:
          this.#refuseStranger(code);
      }
    }
    return this.#tokens;
  }

  #special(code: number): void {
    const next = this.#text.charCodeAt(this.#at + 1);
    if (code === singleQuote) this.#string();
    else if (code === doubleQuote) this.#quoted();
    else if (code === dollar && next === dollar) this.#dollarQuoted();
    else if (code === dollar) this.#word();
    else if (code === hyphen && next === hyphen) this.#lineComment();
    else if (code === slash && next === slash) this.#doubleSlashComment();
    else if (code === slash && next === asterisk) this.#blockComment();
    else if (code === at) this.#stage();
    else {
      this.#refuseUncertain(code, next);
      this.#symbol(code);
    }
  }

  #refuseUncertain(code: number, next: number): void {
    if (code === ampersand) this.#refuse('"&" outside quotes is a variable of a client program.', 'Put the value in its place.');
    if (code === hash) this.#refuse('"#" stands outside quotes.', 'Write comments with "--".');
    if (code === backtick) this.#refuse('a backtick stands outside quotes.', 'Quote names with double quotes.');
    if (code === backslash) this.#refuse('a backslash stands outside quotes.', 'Remove it.');
    if ((code === openBrace && (next === openBrace || next === percent)) || (code === lessThan && next === percent)) {
      this.#refuse('a template marker stands outside quotes.', 'Render the template first.');
    }
    if (code === colon && next === slash && this.#text.charCodeAt(this.#at + 2) === slash) {
      const command = this.#tokens[this.#first]?.word;
      if (command === 'PUT' || command === 'GET') {
        this.#refuse(`${command} is a command of a client program, not of Snowflake itself.`, 'Remove it: files are no part of a governance script.');
      }
      this.#refuse('"://" stands outside quotes: readers differ on whether a comment starts there.', 'Quote the address.');
    }
  }

  #push(kind: TokenKind, start: number, line: number, word: string): void {
    this.#tokens.push({ kind, start, end: this.#at, line, word });
  }

  #symbol(code: number): void {
    const start = this.#at++;
    this.#push('symbol', start, this.#line, symbolText[code] ?? '');
    if (code === semicolon) this.#first = this.#tokens.length;
  }

  #word(): void {
    const text = this.#text;
    const start = this.#at;
    let end = start;
    let growing = emptyHash;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (!isWordCode(code)) break;
      if (code === dollar && text.charCodeAt(end + 1) === dollar) this.#refuseGluedDollar();
      growing = growHash(growing, code);
    }
    if (end === start + 1 && text.charCodeAt(start) === dollar) this.#refuse('"$" stands alone outside quotes.', 'Remove it.');
    this.#at = end;
    this.#push('word', start, this.#line, shapeWord(text, start, end, growing));
  }

  /** Takes a dot and letters with it, so that `1.END` never hides an END behind a dot that is not one of a name. */
  #number(): void {
    const text = this.#text;
    const start = this.#at;
    let end = start;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (!isWordCode(code) && code !== dot) break;
      if (code === dollar && text.charCodeAt(end + 1) === dollar) this.#refuseGluedDollar();
    }
    this.#at = end;
    this.#push('number', start, this.#line, '');
  }

  #string(): void {
    const text = this.#text;
    const start = this.#at;
    const line = this.#line;
    for (let end = start + 1; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === lineFeed) this.#line++;
      else if (code === backslash) {
        if (text.charCodeAt(++end) === lineFeed) this.#line++;
      } else if (code === singleQuote) {
        if (text.charCodeAt(end + 1) === singleQuote) end++;
        else {
          this.#at = end + 1;
          this.#push('string', start, line, '');
          return;
        }
      }
    }
    refuse(line, 'a string is not closed.', 'Close it with a single quote.');
  }

  #quoted(): void {
    const start = this.#at;
    const line = this.#line;
    this.#at = this.#afterQuotedName(start);
    this.#push('quoted', start, line, '');
  }

  #afterQuotedName(start: number): number {
    const text = this.#text;
    const line = this.#line;
    for (let end = start + 1; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === lineFeed) this.#line++;
      else if (code === doubleQuote) {
        if (text.charCodeAt(end + 1) === doubleQuote) end++;
        else return end + 1;
      }
    }
    return refuse(line, 'a quoted name is not closed.', 'Close it with a double quote.');
  }

  #dollarQuoted(): void {
    const text = this.#text;
    const start = this.#at;
    const line = this.#line;
    if (start > 0 && isWordCode(text.charCodeAt(start - 1))) this.#refuseGluedDollar();
    if (text.charCodeAt(start + 2) === dollar && text.charCodeAt(start + 3) !== dollar) {
      this.#refuse('a "$$" literal starts with "$": readers differ on where it starts.', 'Put a blank after the opening "$$".');
    }
    for (let end = start + 2; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === lineFeed) this.#line++;
      else if (code === dollar && text.charCodeAt(end + 1) === dollar) {
        this.#at = end + 2;
        if (isWordCode(text.charCodeAt(this.#at))) this.#refuseGluedDollar();
        this.#push('dollar', start, line, '');
        return;
      }
    }
    refuse(line, 'a "$$" literal is not closed.', 'Close it with "$$".');
  }

  #lineComment(): void {
    const text = this.#text;
    let end = this.#at + 2;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === lineFeed) break;
      if (code === nul) this.#refuseStranger(code);
      if ((code === carriageReturn && text.charCodeAt(end + 1) !== lineFeed) || code === 0x85 || code === 0x2028 || code === 0x2029) {
        this.#refuse('a line comment holds a line break that not every reader sees.', 'End lines with a line feed.');
      }
    }
    this.#at = end;
  }

  #doubleSlashComment(): void {
    if (this.#tokens.at(-1)?.word === '/' && this.#tokens.length > this.#first) {
      this.#refuse('a "//" comment follows a division sign: readers differ on it.', 'Write the comment with "--".');
    }
    this.#lineComment();
  }

  #blockComment(): void {
    const text = this.#text;
    const line = this.#line;
    for (let end = this.#at + 2; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === lineFeed) this.#line++;
      else if (code === nul) this.#refuseStranger(code);
      else if (code === asterisk && text.charCodeAt(end + 1) === slash) {
        this.#at = end + 2;
        return;
      } else if (code === slash && text.charCodeAt(end + 1) === asterisk) {
        this.#refuse('a comment opens inside a comment: readers differ on where it ends.', 'Remove the inner "/*".');
      }
    }
    refuse(line, 'a comment is not closed.', 'Close it with "*/".');
  }

  #stage(): void {
    const text = this.#text;
    const start = this.#at;
    const line = this.#line;
    let end = start + 1;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (stageEnd.has(code)) break;
      if (code === doubleQuote) {
        end = this.#afterQuotedName(end);
        continue;
      }
      if (classOf(code) === stranger) this.#refuseStranger(code);
      this.#refuseInStage(code, text.charCodeAt(end + 1));
      end++;
    }
    this.#at = end;
    this.#push('stage', start, line, '');
  }

  #refuseInStage(code: number, next: number): void {
    if ((code === hyphen && next === hyphen) || (code === slash && (next === slash || next === asterisk))) {
      this.#refuse('a stage path holds the start of a comment: readers differ on where it ends.', 'Quote the path.');
    }
    if (code === dollar && next === dollar) this.#refuseGluedDollar();
    if (code === ampersand || code === hash || code === backtick || code === backslash) this.#refuseUncertain(code, next);
  }

  #refuseGluedDollar(): never {
    return this.#refuse('"$$" touches a word: readers differ on which of both it belongs to.', 'Put a blank between them.');
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

function classOf(code: number): number {
  return code < 128 ? (classes[code] ?? stranger) : stranger;
}

function isWordCode(code: number): boolean {
  const kind = classOf(code);
  return kind === wordStart || kind === digit || code === dollar;
}
