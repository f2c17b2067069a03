// GRANT and REVOKE taken apart. Which of them count as elevated stands in classify.ts.
import type { Classification, Grant } from './classification.js';
import { Cursor } from './cursor.js';
import { kindOfGrant } from './object-kinds.js';
import type { LexedText } from './token.js';

/** Snowflake's own roles. Who has one has (a part of) the account. */
const systemRoles = new Set(['ACCOUNTADMIN', 'GLOBALORGADMIN', 'ORGADMIN', 'SECURITYADMIN', 'SYSADMIN', 'USERADMIN']);

/** A name that is no name: IDENTIFIER(..), a variable, a string. */
const unresolved = /^(IDENTIFIER\(|\$|')/;

/** `undefined` if it is not of a shape known here. */
export function classifyGrant(statement: LexedText): Classification | undefined {
  const cursor = new Cursor(statement);
  const verb = cursor.word;
  cursor.skip();
  if (verb === 'REVOKE') cursor.accept('GRANT OPTION FOR');
  const toOrFrom = verb === 'GRANT' ? 'TO' : 'FROM';
  const privileges = phrase(cursor, statement, new Set(['ON', toOrFrom]));
  const on = cursor.accept('ON') ? phrase(cursor, statement, new Set([toOrFrom])) : '';
  if (privileges === '' || !cursor.accept(toOrFrom)) return undefined;
  const receiver = readReceiver(cursor);
  if (receiver === undefined) return undefined;
  const grant: Grant = { privileges, on, to: receiver.name };
  if (verb === 'REVOKE') return { class: 'revoke', repeatable: true, grant, dangers: [`takes ${privileges}${on && ` on ${on}`} from ${grant.to}`] };

  const owner = privileges === 'OWNERSHIP';
  const reason = whyElevated(grant, receiver.kind);
  const passedOn = hasGrantOption(cursor) ? [`lets ${grant.to} pass on ${privileges}${on && ` on ${on}`}`] : [];
  if (reason === undefined) return { class: 'grant', repeatable: !owner, grant, dangers: passedOn };
  return { class: 'elevated', repeatable: !owner, grant, dangers: [`gives ${grant.to} ${privileges}${on && ` on ${on}`}: ${reason}`, ...passedOn] };
}

function whyElevated({ privileges, on, to }: Grant, receiver: string): string | undefined {
  if (receiver === 'SHARE') return 'it leaves the account';
  if (to === 'PUBLIC' && receiver !== 'USER') return 'PUBLIC is every user';
  if (on === 'ACCOUNT' || on.startsWith('ACCOUNT ') || on.endsWith(' IN ACCOUNT')) return 'it holds for the whole account';
  if (privileges.includes('IMPORTED PRIVILEGES')) return 'it opens all of a shared database';
  if (/^(DATABASE|APPLICATION) ROLE "?SNOWFLAKE"?\./.test(privileges)) return 'it opens a part of the account’s own records';
  const roles = /^ROLE (.*)$/s.exec(privileges)?.[1]?.split(', ') ?? [];
  if (roles.some((role) => systemRoles.has(role))) return 'it is one of the platform’s own roles';
  if (roles.some((role) => unresolved.test(role))) return 'only the platform can tell which role it is';
  if (privileges === 'OWNERSHIP' && !ownsInsideDatabase(on) && !systemRoles.has(to)) return 'an owner can pass on everything';
  return undefined;
}

function ownsInsideDatabase(on: string): boolean {
  const words = on.replace(/^(ALL|FUTURE) /, '').split(' ');
  for (let count = Math.min(3, words.length); count > 0; count--) {
    const kind = kindOfGrant(words.slice(0, count).join(' '));
    if (kind !== undefined) return !kind.ofAccount;
  }
  return false;
}

function readReceiver(cursor: Cursor): { readonly kind: string; readonly name: string } | undefined {
  for (const kind of ['ROLE', 'USER', 'SHARE', 'APPLICATION ROLE', 'DATABASE ROLE', 'APPLICATION']) {
    if (!cursor.accept(kind)) continue;
    const name = cursor.name('one part');
    return name === undefined ? undefined : { kind, name };
  }
  const name = cursor.name('one part');
  return name === undefined ? undefined : { kind: 'ROLE', name };
}

function hasGrantOption(cursor: Cursor): boolean {
  return cursor.accept('WITH GRANT OPTION');
}

/** The tokens up to one of these words, names in the platform's spelling, one blank between two. */
function phrase(cursor: Cursor, statement: LexedText, ends: ReadonlySet<string>): string {
  let said = '';
  while (!cursor.atEnd && !ends.has(cursor.word)) {
    const token = cursor.token;
    if (token === undefined) break;
    const name = token.kind === 'word' || token.kind === 'quoted' ? cursor.name('one part') : undefined;
    const part = name ?? statement.text.slice(token.start, token.end).toUpperCase();
    if (name === undefined && cursor.token === token) cursor.skip();
    said += said === '' || part === ',' || part === '(' || part === ')' || said.endsWith('(') ? part : ` ${part}`;
  }
  return said;
}
