// SHOW of objects. [doc] needs no warehouse, lists only what the role may know of, and at most 10,000 rows.
import { lastPart } from '../catalog.js';
import { isVisible, qualify } from '../access.js';
import { cannotBePerformed } from '../errors.js';
import { like } from '../like.js';
import { kindOfPlural, kindPlurals, objectKind } from '../object-kinds.js';
import type { Result } from '../result.js';
import { statementTypes } from '../result.js';
import type { Execution, Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';
import { listingColumns } from './listing.js';
import { parseShowGrants } from './show-grants.js';
import { parseShowParameters, parseShowVariables } from './show-parameters.js';

interface Listing {
  readonly kind: string;
  readonly terse: boolean;
  readonly pattern?: string;
  readonly startsWith?: string;
  readonly limit: number;
  /** Undefined: wherever the session stands; empty: the whole account. */
  readonly within?: readonly string[];
}

const mostRows = 10_000;

export function parseShow(cursor: TokenCursor): Statement {
  cursor.expect('SHOW');
  if (cursor.sees('GRANTS') || cursor.sees('FUTURE', 'GRANTS')) return parseShowGrants(cursor);
  if (cursor.accept('PARAMETERS')) return parseShowParameters(cursor);
  if (cursor.accept('VARIABLES')) return parseShowVariables(cursor);
  const terse = cursor.accept('TERSE');
  if (cursor.sees('USER', 'FUNCTIONS') || cursor.sees('USER', 'PROCEDURES')) cursor.accept('USER');
  const plural = cursor.acceptOneOf(kindPlurals);
  if (plural === undefined) throw cursor.unexpected();
  const kind = kindOfPlural(plural).name;
  cursor.accept('HISTORY');
  const pattern = cursor.accept('LIKE') ? cursor.string() : undefined;
  const within = cursor.accept('IN') ? parseWithin(cursor) : undefined;
  const startsWith = cursor.accept('STARTS', 'WITH') ? cursor.string() : undefined;
  const limit = cursor.accept('LIMIT') ? cursor.number() : mostRows;
  if (cursor.accept('FROM')) cursor.string();
  cursor.end();
  const listing: Listing = {
    kind,
    terse,
    limit,
    ...(pattern === undefined ? {} : { pattern }),
    ...(startsWith === undefined ? {} : { startsWith }),
    ...(within === undefined ? {} : { within }),
  };
  return { verb: 'SHOW', object: plural, read: true, run: (execution) => show(execution, listing) };
}

function parseWithin(cursor: TokenCursor): readonly string[] {
  if (cursor.accept('ACCOUNT')) return [];
  const kind = cursor.acceptOneOf(['DATABASE', 'SCHEMA']);
  if (kind !== undefined && cursor.atEnd) throw cursor.unexpected();
  return cursor.name();
}

function show(execution: Execution, listing: Listing): Result {
  const { account } = execution;
  const columns = listingColumns(listing.kind, listing.terse);
  const { pattern, startsWith } = listing;
  const rows = account.catalog
    .list(listing.kind, container(execution, listing))
    .filter((object) => isVisible(execution, object))
    .filter((object) => pattern === undefined || like(lastPart(object.path).replace(/\(.*\)$/, ''), pattern, true))
    .filter((object) => startsWith === undefined || lastPart(object.path).startsWith(startsWith))
    .slice(0, Math.min(listing.limit, mostRows))
    .map((object) => columns.map((column) => column.of(object, execution)));
  return { columns: columns.map(({ name, type }) => ({ name, type })), rows, statementType: statementTypes.show };
}

/** [doc] without IN, the session's schema or database is listed, and the account when there is none. */
function container(execution: Execution, { kind, within }: Listing): readonly string[] {
  const { account, session } = execution;
  const { level } = objectKind(kind);
  if (level === 'account') return [];
  if (within === undefined) {
    if (session.database === undefined) return [];
    return level === 'schema' && session.schema !== undefined ? [session.database, session.schema] : [session.database];
  }
  if (within.length === 0) return [];
  const inDatabase = within.length === 1 && (level === 'database' || account.catalog.find('DATABASE', within) !== undefined);
  const path = inDatabase ? within : qualify(execution, 'SCHEMA', within);
  const object = account.catalog.find(path.length === 1 ? 'DATABASE' : 'SCHEMA', path);
  // [seen] 002043 for a missing database in SHOW ... IN
  if (object === undefined || !isVisible(execution, object)) throw cannotBePerformed();
  return object.path;
}
