// Where a Databricks statement ends. The grammar of SQL scripting there is smaller than Snowflake's and differs in what matters: a compound
// statement is BEGIN [[NOT] ATOMIC] .. END, labels stand before it, DECLARE opens nothing but may carry a handler's block in mid-statement, and
// only the body of a procedure or function may start a block behind AS.
//
// The same method as for Snowflake: a stack of what is open and what the statement in hand still waits for; END closes only at the start of an
// inner statement; a shape that does not fit is refused with its line. A bare BEGIN or BEGIN WORK, a transaction elsewhere, is refused.
// Source of the grammar: the vendor's pages "SQL scripting", "Compound statement" and Spark's SqlBaseParser.g4.
import { article, isExpression, readExpression, refuseShape as refuse } from './expressions.js';
import type { Expression } from './expressions.js';
import type { Token } from './token.js';
import { upperWord } from './token.js';

type Block = 'BEGIN' | 'IF' | 'FOR' | 'WHILE' | 'LOOP' | 'REPEAT' | 'CASE';

interface Open {
  readonly kind: Block | Expression;
  readonly line: number;
  /** The block of a handler or a body takes no label behind its END. */
  readonly takesLabel: boolean;
}

/** What the statement in hand still waits for. */
type Header = 'start' | 'plain' | 'create' | 'routine' | 'body' | 'handler' | 'condition' | 'loop head' | 'until' | 'closed' | 'labelled';

/** The word after END. */
const closers: Readonly<Record<Block, string>> = { BEGIN: '', IF: 'IF', FOR: 'FOR', WHILE: 'WHILE', LOOP: 'LOOP', REPEAT: 'REPEAT', CASE: 'CASE' };
const labelled = new Set(['BEGIN', 'FOR', 'LOOP', 'REPEAT', 'WHILE']);
const structural = new Set('BEGIN CASE DECLARE DO ELSE ELSEIF END FOR IF LOOP REPEAT THEN UNTIL WHEN WHILE'.split(' '));
const createModifiers = new Set(['OR', 'REPLACE', 'TEMPORARY', 'TEMP']);

export class DatabricksBlockReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #stack: Open[] = [];
  #header: Header = 'start';
  /** Tokens before this one belong to a word that was read already. */
  #after = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  /** Reads the next token. True if it is a `;` that ends an outermost statement. Throws `ScriptRefused` where the shape is not certain. */
  read(index: number): boolean {
    const token = this.#tokens[index];
    if (token === undefined || index < this.#after) return false;
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
    if (this.#header === 'loop head') refuse(token.line, 'a loop ends before its DO.');
    if (this.#header === 'until') refuse(token.line, 'UNTIL is not followed by END REPEAT.');
    this.#header = 'start';
    return top === undefined;
  }

  #insideExpression(token: Token, index: number, top: Open | undefined): void {
    const found = readExpression(this.#tokens, index, top);
    if (found === 'closes') this.#stack.pop();
    else if (found !== undefined) this.#stack.push({ kind: found, line: token.line, takesLabel: false });
  }

  /** What a token means to the statement it stands in. False if it means nothing to its structure. */
  #structure(token: Token, index: number, top: Open | undefined): boolean {
    const word = token.word;
    switch (this.#header) {
      case 'start':
        return this.#isLabel(token, index) || this.#startStatement(token, index, top);
      case 'plain':
        return false;
      case 'create':
        if (word === 'PROCEDURE' || word === 'FUNCTION') this.#header = 'routine';
        else if (!createModifiers.has(word)) this.#header = 'plain';
        return false;
      case 'routine':
        if (word === 'AS') this.#header = 'body';
        else if (this.#word(index) === 'RETURN') this.#header = 'plain'; // an expression or a query, in which AS makes an alias
        return false;
      case 'body':
        this.#header = 'plain';
        return word === 'BEGIN' && this.#openCompound(token, index, false);
      case 'handler':
        return word === 'BEGIN' && this.#openCompound(token, index, false);
      case 'condition':
        if (word === 'THEN') this.#header = 'start';
        return word === 'THEN';
      case 'loop head':
        if (word === 'DO') this.#header = 'start';
        return word === 'DO';
      case 'until':
        if (word !== 'END' || this.#tokens[index + 1]?.word !== 'REPEAT') return false;
        this.#close(token, index, top);
        return true;
      case 'closed':
        if ((token.kind !== 'word' && token.kind !== 'quoted') || structural.has(word)) refuse(token.line, 'END is not followed by ";".');
        this.#header = 'labelled';
        return true;
      case 'labelled':
        return refuse(token.line, 'END is not followed by ";".');
    }
  }

  /** `name:` before a block or loop; a colon that touches another word behind it makes a parameter, as in `SELECT :a`. */
  #isLabel(token: Token, index: number): boolean {
    const colon = this.#tokens[index + 1];
    if (colon?.word !== ':' || (token.kind !== 'word' && token.kind !== 'quoted')) return false;
    const next = this.#tokens[index + 2];
    const opens = labelled.has(next?.word ?? '');
    const touchesWord = colon.end === next?.start && (next.kind === 'word' || next.kind === 'quoted');
    if (!opens && touchesWord) return false;
    if (!opens || structural.has(token.word)) refuse(token.line, 'a statement starts like a label, but no block or loop follows.');
    this.#after = index + 2;
    return true;
  }

  #startStatement(token: Token, index: number, top: Open | undefined): boolean {
    this.#header = 'plain';
    switch (token.word) {
      case 'BEGIN':
        return this.#isTransaction(index) || this.#openCompound(token, index, true);
      case 'DECLARE':
        if (this.#isHandler(index)) {
          if (top === undefined) refuse(token.line, 'a handler is declared outside any block.');
          this.#header = 'handler';
        }
        return true;
      case 'CREATE':
        this.#header = 'create';
        return true;
      case 'IF':
      case 'CASE':
        return this.#openInner(token.word, token, top, 'condition');
      case 'FOR':
      case 'WHILE':
        return this.#openInner(token.word, token, top, 'loop head');
      case 'LOOP':
      case 'REPEAT':
        return this.#openInner(token.word, token, top, 'start');
      case 'END':
        this.#close(token, index, top);
        return true;
      case 'ELSE':
        return this.#branch(token, top?.kind === 'IF' || top?.kind === 'CASE', 'start');
      case 'ELSEIF':
        return this.#branch(token, top?.kind === 'IF', 'condition');
      case 'WHEN':
        return this.#branch(token, top?.kind === 'CASE', 'condition');
      case 'UNTIL':
        return this.#branch(token, top?.kind === 'REPEAT', 'until');
      case 'THEN':
      case 'DO':
      case 'EXCEPTION':
        return this.#branch(token, false, 'start');
      default:
        return false;
    }
  }

  #branch(token: Token, fits: boolean, header: Header): true {
    if (!fits) refuse(token.line, `a statement starts with ${token.word}, but no block that it belongs to is open.`);
    this.#header = header;
    return true;
  }

  /** BEGIN with `ATOMIC` or `NOT ATOMIC` behind it. */
  #openCompound(token: Token, index: number, takesLabel: boolean): true {
    const next = this.#word(index + 1);
    const words = next === 'ATOMIC' ? 1 : next === 'NOT' && this.#word(index + 2) === 'ATOMIC' ? 2 : 0;
    const first = this.#tokens[index + 1 + words];
    if (first === undefined || first.word === ';' || next === 'WORK' || next === 'TRANSACTION' || (words === 0 && next === 'NOT')) {
      refuse(token.line, 'BEGIN is followed by what makes it neither a block nor BEGIN TRANSACTION.');
    }
    this.#after = index + 1 + words;
    this.#stack.push({ kind: 'BEGIN', line: token.line, takesLabel });
    this.#header = 'start';
    return true;
  }

  #openInner(kind: Block, token: Token, top: Open | undefined, header: Header): true {
    if (top === undefined) refuse(token.line, `${kind} starts a statement outside any block.`);
    this.#stack.push({ kind, line: token.line, takesLabel: kind !== 'IF' && kind !== 'CASE' });
    this.#header = header;
    return true;
  }

  #close(token: Token, index: number, top: Open | undefined): void {
    if (top === undefined || isExpression(top.kind)) return refuse(token.line, 'a statement starts with END, but no block is open.');
    const closer = closers[top.kind];
    if (closer !== '') {
      if (this.#tokens[index + 1]?.word !== closer) {
        refuse(token.line, `END does not fit: ${article(top.kind)} of line ${top.line} ends with END ${closer}.`);
      }
      this.#after = index + 2;
    }
    this.#stack.pop();
    this.#header = top.takesLabel ? 'closed' : 'labelled';
  }

  /** `BEGIN TRANSACTION` and then `;` or the end. */
  #isTransaction(index: number): boolean {
    if (this.#tokens[index + 1]?.word !== 'TRANSACTION') return false;
    const end = this.#tokens[index + 2];
    return end === undefined || end.word === ';';
  }

  #isHandler(index: number): boolean {
    const kind = this.#word(index + 1);
    return (kind === 'EXIT' || kind === 'CONTINUE') && this.#word(index + 2) === 'HANDLER';
  }

  #word(index: number): string {
    return upperWord(this.#text, this.#tokens[index]);
  }
}
