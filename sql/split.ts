// One script in, the statements a platform runs one by one out. Nothing is lost: between two statements stand only blanks, comments and `;`.
import type { Platform } from '../domain/script.js';
import { BlockReader } from './block-reader.js';
import { DatabricksBlockReader } from './databricks-block-reader.js';
import { lexDatabricks } from './databricks-lexer.js';
import { sha256Hex } from './digest.js';
import { ScriptRefused } from './script-refused.js';
import { lexSnowflake } from './snowflake-lexer.js';
import type { FreshToken, LexedText, Token } from './token.js';

/** One statement of a script, from its first token to its last: no comment around it, no `;`. */
export interface Statement extends LexedText {
  /** Offsets in the script, in UTF-16 units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** Of its first token in the script, from 1. */
  readonly line: number;
  /** Of the UTF-8 bytes of `text`, 64 hex digits. */
  readonly sha256: string;
}

/** Says of each token whether it ends an outermost statement. */
interface StatementReader {
  read(index: number): boolean;
  finish(): void;
}

interface Dialect {
  readonly lex: (text: string) => readonly FreshToken[];
  readonly reader: (text: string, tokens: readonly Token[]) => StatementReader;
  /** First words of statements that a client program carries out, never the platform. */
  readonly clientCommands: ReadonlySet<string>;
}

const dialects: Readonly<Record<Platform, Dialect>> = {
  Snowflake: {
    lex: lexSnowflake,
    reader: (_, tokens) => new BlockReader(tokens),
    clientCommands: new Set(['!', 'PUT', 'GET', 'LIST', 'LS', 'REMOVE', 'RM']),
  },
  // PUT, GET and REMOVE move files between a volume and the machine of the driver; `%` is a notebook's.
  Databricks: {
    lex: lexDatabricks,
    reader: (text, tokens) => new DatabricksBlockReader(text, tokens),
    clientCommands: new Set(['!', '%', 'PUT', 'GET', 'REMOVE']),
  },
};

/** Throws `ScriptRefused` with the line for an empty script, a client command, and everything that is not certain. */
export function splitScript(text: string, platform: Platform): readonly Statement[] {
  const dialect = dialects[platform];
  refuseForeign(text);
  const tokens = dialect.lex(text);
  const reader = dialect.reader(text, tokens);
  const statements: Statement[] = [];
  let first = 0;
  for (let index = 0; index < tokens.length; index++) {
    if (index === first) refuseClientCommand(tokens[index], dialect);
    if (!reader.read(index)) continue;
    if (index > first) statements.push(cut(platform, text, tokens, first, index));
    first = index + 1;
  }
  reader.finish();
  if (first < tokens.length) statements.push(cut(platform, text, tokens, first, tokens.length));
  if (statements.length === 0) throw new ScriptRefused(1, 'it holds no statement.', 'Ask for the script again.');
  return statements;
}

/** Tokens of one statement's text, for those who hold only the text. Throws `ScriptRefused`. */
export function lexStatement(text: string, platform: Platform): LexedText {
  return { platform, text, tokens: dialects[platform].lex(text) };
}

/** Moves the tokens instead of copying them: half of the time of splitting would go into copies. The block reader is done with them. */
function cut(platform: Platform, script: string, tokens: readonly FreshToken[], first: number, after: number): Statement {
  const own = tokens.slice(first, after);
  const start = own[0]?.start ?? 0;
  const end = own.at(-1)?.end ?? start;
  for (const token of own) {
    token.start -= start;
    token.end -= start;
  }
  const text = script.slice(start, end);
  return { platform, text, tokens: own, start, end, line: own[0]?.line ?? 1, sha256: sha256Hex(text) };
}

function refuseClientCommand(token: Token | undefined, dialect: Dialect): void {
  if (token === undefined || !dialect.clientCommands.has(token.word)) return;
  throw new ScriptRefused(
    token.line,
    `${token.kind === 'symbol' ? `a statement that starts with "${token.word}"` : token.word} is a command of a client program, not of the platform itself.`,
    'Remove it: a governance script moves no files.',
  );
}

function refuseForeign(text: string): void {
  if (/^-- Databricks notebook source[ \t]*\r?(\n|$)/.test(text)) {
    throw new ScriptRefused(1, 'it is a Databricks notebook export, not a SQL script.', 'Export the SQL cells as a plain .sql file.');
  }
  const broken = /\p{Surrogate}/u.exec(text);
  if (broken !== null) {
    const line = text.slice(0, broken.index).split('\n').length;
    throw new ScriptRefused(line, 'it holds half a surrogate pair, so its bytes are not certain.', 'Ask for the script as UTF-8.');
  }
}
