// Which literals of a statement are secrets. A name that announces one (PASSWORD, SECRET_STRING, ..) arms the reader; while it is armed every
// literal in any quote style is a secret, with or without `=` before it. The next property, a comma or the end of the brackets disarms it. In
// statements that we do not know, and in those that change rows, nothing disarms it: there the order of names and values means nothing to us.
// In CREATE and ALTER USER every literal is a secret but those of properties that are known to be harmless.
import { classify } from './classify.js';
import { literalValue } from './literal-value.js';
import { secretSpans } from './code-secrets.js';
import { announcesSecret, looksSecret, namesSecret } from './secret-words.js';
import type { LexedText, Token } from './token.js';
import { insideQuotes, upperWord } from './token.js';

/** Something to hide in a statement's text. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  /** A whole literal, quotes included; otherwise a part of a literal or comment. */
  readonly whole: boolean;
  /** What it may look like where a platform repeats it. */
  readonly values: readonly string[];
}

export interface FoundSecrets {
  readonly spans: readonly SecretSpan[];
  /** Session variables that hold a secret, such as `$PW` in `PASSWORD = $pw`; upper case, without `$`. */
  readonly variables: readonly string[];
}

const none: FoundSecrets = { spans: [], variables: [] };

/** `variables` are those that are known to hold a secret: `SET pw = ..` announces one too. */
export function findSecrets(statement: LexedText, variables: ReadonlySet<string> = new Set()): FoundSecrets {
  const user = concernsUser(statement);
  if (!user && variables.size === 0 && !mayHoldSecret(statement.text)) return none;
  return new SecretFinder(statement, user, variables).find();
}

/** Spares most statements a second look. A backslash may hide a letter of a name. */
function mayHoldSecret(text: string): boolean {
  return announcesSecret(text) || looksSecret(text) || text.includes('eyJ') || text.includes('\\');
}

const harmlessUserProperties = new Set(
  'LOGIN_NAME DISPLAY_NAME FIRST_NAME MIDDLE_NAME LAST_NAME EMAIL COMMENT DEFAULT_ROLE DEFAULT_WAREHOUSE DEFAULT_NAMESPACE DEFAULT_SECONDARY_ROLES TYPE NETWORK_POLICY TIMEZONE TAG QUERY_TAG'.split(
    ' ',
  ),
);
/** Behind these SECRET is an object kind, and the quoted name behind it a name. */
const beforeKind = new Set('CREATE REPLACE ALTER DROP UNDROP DESC DESCRIBE ON'.split(' '));
const plainValues = new Set(['TRUE', 'FALSE', 'NULL']);
/** `password VARCHAR(80) DEFAULT 'x'`: so many words may stand between a name and its value. */
const reach = 4;

interface Armed {
  readonly depth: number;
  readonly name: string;
  valued: boolean;
  words: number;
}

class SecretFinder {
  readonly #statement: LexedText;
  readonly #user: boolean;
  readonly #variables: ReadonlySet<string>;
  readonly #sticky: boolean;
  readonly #spans: SecretSpan[] = [];
  readonly #held: string[] = [];
  #armed: Armed | undefined;
  #depth = 0;

  constructor(statement: LexedText, user: boolean, variables: ReadonlySet<string>) {
    this.#statement = statement;
    this.#user = user;
    this.#variables = variables;
    const found = classify(statement).class;
    this.#sticky = found === 'unknown' || found === 'data';
  }

  find(): FoundSecrets {
    const { tokens } = this.#statement;
    let before = 0;
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index];
      if (token === undefined) continue;
      if (token.start - before > 3) this.#searchInside(before, token.start, 'prose', (part) => part); // a gap shorter than `--x\n` holds no comment
      before = token.end;
      this.#read(token, index);
    }
    return { spans: this.#spans, variables: this.#held };
  }

  #read(token: Token, index: number): void {
    switch (token.kind) {
      case 'symbol':
        return this.#symbol(token, index);
      case 'word':
        return this.#word(token, index);
      case 'string':
      case 'dollar':
        return this.#literal(token, index);
      case 'quoted':
        return this.#quoted(token, index);
      case 'number':
        if (this.#armed?.valued === true && this.#followsAssignment(index) && namesSecret(this.#armed.name)) this.#hide(token);
        return;
      case 'stage':
        if (this.#armed?.valued === true) this.#hide(token);
    }
  }

  #symbol(token: Token, index: number): void {
    const symbol = token.word;
    if (symbol === '(') this.#depth++;
    else if (symbol === ')') this.#depth--;
    const armed = this.#armed;
    if (armed === undefined) return;
    if (this.#isAssignment(index)) armed.valued = true;
    else if ((symbol === ',' && this.#depth <= armed.depth) || this.#depth < armed.depth) this.#disarm();
  }

  #word(token: Token, index: number): void {
    const { text, tokens } = this.#statement;
    const name = upperWord(text, token);
    const armed = this.#armed;
    if (armed?.valued === true && this.#followsAssignment(index) && !this.#isAssignment(index + 1)) {
      if (name.startsWith('$')) this.#held.push(name.slice(1));
      else if (!plainValues.has(name) && tokens[index + 1]?.word !== '(' && tokens[index - 1]?.word !== ':') this.#hide(token);
      return;
    }
    const isVariable = this.#variables.has(name) && index === 1 && upperWord(text, tokens[0]) === 'SET';
    const named = tokens[index + 1]?.kind;
    const isKind = name === 'SECRET' && beforeKind.has(upperWord(text, tokens[index - 1])) && (named === 'word' || named === 'quoted');
    if (isVariable || (announcesSecret(name) && !isKind)) this.#arm(name);
    else if (armed?.valued === true && this.#depth <= armed.depth && this.#isAssignment(index + 1)) this.#disarm();
    else if (armed !== undefined && !armed.valued && ++armed.words > reach) this.#disarm();
  }

  #quoted(token: Token, index: number): void {
    const { text, tokens } = this.#statement;
    const armed = this.#armed;
    const directly = announcesSecret(upperWord(text, tokens[index - 1]));
    const kind = directly && beforeKind.has(upperWord(text, tokens[index - 2]));
    if (armed?.valued === true || (directly && !kind) || (this.#user && this.#followsAssignment(index) && !this.#isHarmlessProperty(index))) {
      this.#hide(token);
    } else if (announcesSecret(literalValue(this.#statement, token)) && this.#isAssignment(index + 1))
      this.#arm(literalValue(this.#statement, token));
    else this.#searchInside(token.start + 1, token.end - 1, 'prose', (part) => part.replaceAll('""', '"'));
  }

  #literal(token: Token, index: number): void {
    const { platform, text } = this.#statement;
    const value = literalValue(this.#statement, token);
    if (this.#armed !== undefined || looksSecret(value) || (this.#user && !this.#isHarmlessProperty(index))) return this.#hide(token);
    if (announcesSecret(value) && this.#isAssignment(index + 1)) return this.#arm(value); // { 'password': 'x' }
    if (token.kind === 'dollar') this.#searchInside(token.start + 2, token.end - 2, 'code', (part) => part);
    else if (!announcesSecret(insideQuotes(text, token)) && secretSpans(value, 'prose').length > 0)
      this.#hide(token); // an escape hides the name
    else
      this.#searchInside(token.start + 1, token.end - 1, 'prose', (part) =>
        literalValue({ platform, text: `'${part}'` }, { ...token, start: 0, end: part.length + 2 }),
      );
  }

  #searchInside(from: number, to: number, reading: 'prose' | 'code', meaning: (part: string) => string): void {
    const part = this.#statement.text.slice(from, to);
    if (!announcesSecret(part)) return;
    for (const { start, end } of secretSpans(part, reading)) {
      const value = meaning(part.slice(start, end));
      this.#spans.push({ start: from + start, end: from + end, whole: false, values: [value.trim(), ...pieces(value)] });
    }
  }

  #hide(token: Token): void {
    const { text } = this.#statement;
    const isLiteral = token.kind === 'string' || token.kind === 'dollar' || token.kind === 'quoted';
    const value = isLiteral ? literalValue(this.#statement, token) : text.slice(token.start, token.end);
    const values = [value, ...pieces(value), ...(isLiteral ? [insideQuotes(text, token)] : [])];
    this.#spans.push({ start: token.start, end: token.end, whole: true, values });
  }

  #arm(name: string): void {
    this.#armed = { depth: this.#depth, name, valued: this.#sticky && this.#armed?.valued === true, words: 0 };
  }

  #disarm(): void {
    if (!this.#sticky) this.#armed = undefined;
  }

  /** `=`, `:=`, `=>`, and `:` as in JSON, but not the `::` of a cast. */
  #isAssignment(index: number): boolean {
    const { tokens } = this.#statement;
    const word = tokens[index]?.word;
    return word === '=' || (word === ':' && tokens[index + 1]?.word !== ':' && tokens[index - 1]?.word !== ':');
  }

  #followsAssignment(index: number): boolean {
    const word = this.#statement.tokens[index - 1]?.word;
    return this.#isAssignment(index - 1) || (word === '>' && this.#isAssignment(index - 2));
  }

  #isHarmlessProperty(index: number): boolean {
    const { text, tokens } = this.#statement;
    return harmlessUserProperties.has(upperWord(text, tokens[this.#followsAssignment(index) ? index - 2 : index - 1]));
  }
}

/** Shorter pieces of hidden text are words like any other. */
const shortestPiece = 6;

/** Parts of hidden text that a message may repeat alone. */
function pieces(value: string): readonly string[] {
  return [...value.split(/['"`]+/), ...value.split(/[\s'"`=:,;@?&()]+/)].filter((piece) => piece.length >= shortestPiece);
}

function concernsUser({ text, tokens }: LexedText): boolean {
  const first = upperWord(text, tokens[0]);
  if (first !== 'CREATE' && first !== 'ALTER') return false;
  return tokens.slice(1, 4).some((token) => upperWord(text, token) === 'USER');
}
