// Cuts the tokens of one request into statements, as the vendor does for a multi-statement request. Scripting blocks stay whole.
import type { Token } from './tokenizer.js';

/** Open something that an END closes when they begin an inner statement; elsewhere they are functions or belong to a FOR or WHILE. */
const loops = new Set(['IF', 'FOR', 'WHILE', 'LOOP', 'REPEAT']);
const innerStarts = new Set([';', 'BEGIN', 'THEN', 'ELSE', 'DO', 'LOOP', 'REPEAT', 'EXCEPTION']);

export function splitStatements(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [];
  let statement: Token[] = [];
  let depth = 0;
  let declared = false;
  tokens.forEach((token, index) => {
    const previous = tokens[index - 1];
    if (isKeyword(token, ';') && depth === 0 && !declared) {
      if (statement.length > 0) statements.push(statement);
      statement = [];
      return;
    }
    if (opensBlock(token, tokens[index + 1], statement)) {
      declared = token.value === 'DECLARE';
      if (!declared) depth++;
    } else if (declared && isKeyword(token, 'BEGIN')) {
      declared = false;
      depth++;
    } else if (depth > 0) {
      depth += change(token, previous);
    }
    statement.push(token);
  });
  if (statement.length > 0) statements.push(statement);
  return statements;
}

/** BEGIN and DECLARE at the start of a statement, or as the body of a CREATE; not BEGIN as the start of a transaction [doc]. */
export function opensBlock(token: Token, next: Token | undefined, before: readonly Token[]): boolean {
  const starts = before.length === 0 || (before[0]?.value === 'CREATE' && isKeyword(before.at(-1), 'AS'));
  if (!starts || token.kind !== 'word') return false;
  if (token.value === 'DECLARE') return true;
  return token.value === 'BEGIN' && next !== undefined && !['TRANSACTION', 'WORK', 'NAME', ';'].includes(next.value);
}

function change(token: Token, previous: Token | undefined): number {
  if (token.kind !== 'word') return 0;
  if (token.value === 'END') return -1;
  // END IF, END LOOP: the word belongs to the END before it
  if (previous === undefined || isKeyword(previous, 'END')) return 0;
  if (token.value === 'BEGIN' || token.value === 'CASE') return 1;
  return loops.has(token.value) && innerStarts.has(previous.value) ? 1 : 0;
}

function isKeyword(token: Token | undefined, value: string): boolean {
  return token !== undefined && (token.kind === 'word' || token.kind === 'symbol') && token.value === value;
}
