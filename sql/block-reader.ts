// Where a statement ends. Semicolons end statements, but not those inside a block of Snowflake Scripting; and BEGIN, END, CASE, IF and their
// like open and close blocks in some places and are plain names in others.
//
// The reader keeps a stack of what is open and, for the statement it is in, what that statement still waits for (its header). It decides from
// these alone: a block body starts only where a header says so, END closes only at the start of an inner statement, and a `;` where something
// is still open is refused. Wherever a shape does not fit, the script is refused with its line. Iterative; a fixed amount of work for each token.
import { article, isExpression, readExpression, refuseShape as refuse } from './expressions.js';
import type { Expression } from './expressions.js';
import type { Token } from './token.js';

type Block = 'DECLARE' | 'BEGIN' | 'IF' | 'FOR' | 'WHILE' | 'LOOP' | 'REPEAT' | 'CASE';

interface Open {
  kind: Block | Expression;
  readonly line: number;
  /** The body of `WITH x AS PROCEDURE`: its statement goes on after END. */
  readonly goesOn: boolean;
  /** EXCEPTION was seen: WHEN starts a handler. */
  handlers: boolean;
}

/** What the statement in hand still waits for. */
type Header =
  | 'start'
  | 'plain'
  | 'create'
  | 'routine'
  | 'body'
  | 'alert'
  | 'alter'
  | 'alter task'
  | 'alter alert'
  | 'with'
  | 'with routine'
  | 'with body'
  | 'declaration'
  | 'condition'
  | 'loop head'
  | 'until'
  | 'closed'
  | 'labelled';

/** Which words may stand after END, and whether one of them must. */
const closers: Readonly<Record<Block, { readonly words: readonly string[]; readonly required: boolean }>> = {
  DECLARE: { words: [], required: false },
  BEGIN: { words: [], required: false },
  IF: { words: ['IF'], required: true },
  FOR: { words: ['FOR', 'LOOP'], required: true },
  WHILE: { words: ['WHILE', 'LOOP'], required: true },
  LOOP: { words: ['LOOP'], required: true },
  REPEAT: { words: ['REPEAT'], required: true },
  CASE: { words: ['CASE'], required: false },
};
const createModifiers = new Set('OR REPLACE ALTER SECURE TEMP TEMPORARY TRANSIENT VOLATILE LOCAL GLOBAL AGGREGATE EXTERNAL DATA METRIC'.split(' '));
/** Words of block structure: never a label, never the name in a declaration. */
const structural = new Set('BEGIN CASE DECLARE DO ELSE ELSEIF END EXCEPTION FOR IF LOOP REPEAT THEN UNTIL WHEN WHILE'.split(' '));

export class BlockReader {
  readonly #tokens: readonly Token[];
  readonly #stack: Open[] = [];
  #header: Header = 'start';
  /** The word after END, which belongs to it. */
  #skip = -1;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Reads the next token. True if it is a `;` that ends an outermost statement. Throws `ScriptRefused` where the shape is not certain. */
  read(index: number): boolean {
    if (index === this.#skip) return false;
    const token = this.#tokens[index];
    if (token === undefined) return false;
    const top = this.#stack.at(-1);
    if (top !== undefined && isExpression(top.kind)) {
      this.#insideExpression(token, index, top);
      return false;
    }
    if (token.word === ';') return this.#semicolon(token, top);
    if (!this.#structure(token, index, top)) this.#insideExpression(token, index, top);
    return false;
  }

  /** Call after the last token: whatever is still open is refused where it was opened. */
  finish(): void {
    const top = this.#stack.at(-1);
    if (top !== undefined) refuse(top.line, `${article(top.kind)} is not closed.`);
  }

  #semicolon(token: Token, top: Open | undefined): boolean {
    if (this.#header === 'condition') refuse(token.line, 'a statement ends before its THEN.');
    if (this.#header === 'loop head') refuse(token.line, 'a loop ends before its DO or LOOP.');
    if (this.#header === 'until') refuse(token.line, 'UNTIL is not followed by END REPEAT.');
    this.#header = 'start';
    return top === undefined;
  }

  #insideExpression(token: Token, index: number, top: Open | undefined): void {
    const found = readExpression(this.#tokens, index, top);
    if (found === 'closes') this.#stack.pop();
    else if (found !== undefined) this.#open(found, token);
  }

  /** What a token means to the statement it stands in. False if it means nothing to its structure. */
  #structure(token: Token, index: number, top: Open | undefined): boolean {
    const word = token.word;
    const before = this.#tokens[index - 1]?.word ?? '';
    switch (this.#header) {
      case 'start':
        return top?.kind === 'DECLARE' ? this.#startDeclaration(token, index, top) : this.#startStatement(token, index, top);
      case 'plain':
        return false;
      case 'create':
        if (word === 'PROCEDURE' || word === 'FUNCTION' || word === 'TASK') this.#header = 'routine';
        else if (word === 'ALERT') this.#header = 'alert';
        else if (!createModifiers.has(word)) this.#header = 'plain';
        return false;
      case 'routine':
        if (word === 'AS' && before !== 'EXECUTE') this.#header = 'body';
        return false;
      case 'with':
        if (word === 'PROCEDURE' && before === 'AS') this.#header = 'with routine';
        return false;
      case 'with routine':
        if (word === 'AS' && before !== 'EXECUTE') this.#header = 'with body';
        return false;
      case 'alert':
        if (word === 'THEN') this.#header = 'body';
        return false;
      case 'alter':
        this.#header = word === 'TASK' ? 'alter task' : word === 'ALERT' ? 'alter alert' : 'plain';
        return false;
      case 'alter task':
        if (word === 'AS' && before === 'MODIFY') this.#header = 'body';
        return false;
      case 'alter alert':
        if (word === 'ACTION' && before === 'MODIFY') this.#header = 'body';
        return false;
      case 'body':
      case 'with body':
        return this.#startBody(token, index);
      case 'declaration':
        this.#header = word === 'PROCEDURE' ? 'routine' : 'plain';
        return false;
      case 'condition':
        if (word === 'THEN') this.#header = 'start';
        return word === 'THEN';
      case 'loop head':
        if (word === 'DO' || word === 'LOOP') this.#header = 'start';
        return word === 'DO' || word === 'LOOP';
      case 'until':
        if (word !== 'END' || this.#tokens[index + 1]?.word !== 'REPEAT') return false;
        this.#close(token, index, top);
        return true;
      case 'closed':
        if ((token.kind !== 'word' && token.kind !== 'quoted') || structural.has(word)) refuse(token.line, 'END is not followed by ";".');
        this.#header = 'labelled';
        return true;
      case 'labelled':
        return refuse(token.line, 'END and its label are not followed by ";".');
    }
  }

  #startStatement(token: Token, index: number, top: Open | undefined): boolean {
    switch (token.word) {
      case 'BEGIN':
        if (this.#isTransaction(index)) this.#header = 'plain';
        else this.#open('BEGIN', token);
        return true;
      case 'DECLARE':
        this.#open('DECLARE', token);
        return true;
      case 'CREATE':
      case 'DEFINE':
        this.#header = 'create';
        return true;
      case 'ALTER':
        this.#header = 'alter';
        return true;
      case 'WITH':
        this.#header = 'with';
        return true;
      case 'IF':
      case 'CASE':
        this.#openInner(token.word, token, top);
        this.#header = 'condition';
        return true;
      case 'FOR':
      case 'WHILE':
        this.#openInner(token.word, token, top);
        this.#header = 'loop head';
        return true;
      case 'LOOP':
      case 'REPEAT':
        this.#openInner(token.word, token, top);
        return true;
      case 'END':
        this.#close(token, index, top);
        return true;
      case 'ELSE':
        return this.#branch(token, top?.kind === 'IF' || top?.kind === 'CASE', 'start');
      case 'ELSEIF':
        return this.#branch(token, top?.kind === 'IF', 'condition');
      case 'WHEN':
        return this.#branch(token, top?.kind === 'CASE' || top?.handlers === true, 'condition');
      case 'UNTIL':
        return this.#branch(token, top?.kind === 'REPEAT', 'until');
      case 'EXCEPTION':
        this.#branch(token, top?.kind === 'BEGIN' && !top.handlers && this.#tokens[index + 1]?.word === 'WHEN', 'start');
        if (top !== undefined) top.handlers = true;
        return true;
      case 'THEN':
      case 'DO':
        return this.#branch(token, false, 'start');
      default:
        this.#header = 'plain';
        return false;
    }
  }

  #branch(token: Token, fits: boolean, header: Header): true {
    if (!fits) refuse(token.line, `a statement starts with ${token.word}, but no block that it belongs to is open.`);
    this.#header = header;
    return true;
  }

  #startDeclaration(token: Token, index: number, top: Open): boolean {
    if (token.word === 'BEGIN') {
      if (this.#isTransaction(index)) refuse(token.line, 'BEGIN after DECLARE reads like a transaction.');
      top.kind = 'BEGIN';
      return true;
    }
    if (structural.has(token.word)) refuse(token.line, `${token.word} stands where DECLARE still waits for its BEGIN.`);
    this.#header = 'declaration';
    return false;
  }

  #startBody(token: Token, index: number): boolean {
    const goesOn = this.#header === 'with body';
    this.#header = goesOn ? 'with' : 'plain';
    if (token.word !== 'BEGIN' && token.word !== 'DECLARE') return false;
    if (token.word === 'BEGIN' && this.#isTransaction(index)) refuse(token.line, 'a body starts with BEGIN but reads like a transaction.');
    this.#open(token.word, token, goesOn);
    return true;
  }

  #openInner(kind: Block, token: Token, top: Open | undefined): void {
    if (top === undefined) refuse(token.line, `${kind} starts a statement outside any block.`);
    this.#open(kind, token);
  }

  #open(kind: Block | Expression, token: Token, goesOn = false): void {
    this.#stack.push({ kind, line: token.line, goesOn, handlers: false });
    if (!isExpression(kind)) this.#header = 'start';
  }

  #close(token: Token, index: number, top: Open | undefined): void {
    if (top === undefined || isExpression(top.kind)) return refuse(token.line, 'a statement starts with END, but no block is open.');
    if (top.kind === 'DECLARE') refuse(token.line, 'END stands where DECLARE still waits for its BEGIN.');
    const follower = this.#tokens[index + 1]?.word ?? '';
    const { words, required } = closers[top.kind];
    if (words.includes(follower)) this.#skip = index + 1;
    else if (required) refuse(token.line, `END does not fit: ${article(top.kind)} of line ${top.line} ends with END ${words.join(' or END ')}.`);
    this.#stack.pop();
    this.#header = top.goesOn ? 'with' : 'closed';
  }

  /** `BEGIN [WORK | TRANSACTION] [NAME id]` and then `;` or the end; anything else is a block. */
  #isTransaction(index: number): boolean {
    let next = index + 1;
    const word = (): string | undefined => this.#tokens[next]?.word;
    if (word() === 'WORK' || word() === 'TRANSACTION') next++;
    if (word() === 'NAME') {
      const name = this.#tokens[next + 1]?.kind;
      if (name !== 'word' && name !== 'quoted') return false;
      next += 2;
    }
    return next === this.#tokens.length || word() === ';';
  }
}
