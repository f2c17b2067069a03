// Snowflake's object kinds, closed: a CREATE or ALTER of anything else is `unknown`. Longest match first.
import type { ObjectReference } from '../domain/plan.js';
import type { Cursor } from './cursor.js';

type Kind = ObjectReference['kind'];

/** An object kind as a statement writes it, and what we call it. */
export interface ObjectKind {
  /** Snowflake's words, such as `ROW ACCESS POLICY`. */
  readonly words: string;
  readonly kind: Kind;
  /** Lives in the account itself, so that its name is complete by itself. */
  readonly ofAccount: boolean;
}

const ofAccount: Readonly<Record<string, Kind>> = {
  DATABASE: 'database',
  ROLE: 'role',
  USER: 'user',
  WAREHOUSE: 'warehouse',
  INTEGRATION: 'integration',
  'API INTEGRATION': 'integration',
  'CATALOG INTEGRATION': 'integration',
  'EXTERNAL ACCESS INTEGRATION': 'integration',
  'NOTIFICATION INTEGRATION': 'integration',
  'SECURITY INTEGRATION': 'integration',
  'STORAGE INTEGRATION': 'integration',
  ACCOUNT: 'other',
  APPLICATION: 'other',
  'APPLICATION PACKAGE': 'other',
  'COMPUTE POOL': 'other',
  CONNECTION: 'other',
  'EXTERNAL VOLUME': 'other',
  'FAILOVER GROUP': 'other',
  LISTING: 'other',
  'MANAGED ACCOUNT': 'other',
  'NETWORK POLICY': 'other',
  'ORGANIZATION ACCOUNT': 'other',
  'REPLICATION GROUP': 'other',
  'RESOURCE MONITOR': 'other',
  SHARE: 'other',
};

const ofDatabase: Readonly<Record<string, Kind>> = {
  SCHEMA: 'schema',
  TABLE: 'table',
  'DYNAMIC TABLE': 'table',
  'DYNAMIC ICEBERG TABLE': 'table',
  'EVENT TABLE': 'table',
  'EXTERNAL TABLE': 'table',
  'HYBRID TABLE': 'table',
  'ICEBERG TABLE': 'table',
  VIEW: 'view',
  'MATERIALIZED VIEW': 'view',
  PROCEDURE: 'procedure',
  FUNCTION: 'function',
  'DATA METRIC FUNCTION': 'function',
  'EXTERNAL FUNCTION': 'function',
  'AGGREGATION POLICY': 'other',
  ALERT: 'other',
  'APPLICATION ROLE': 'other',
  'AUTHENTICATION POLICY': 'other',
  'CORTEX SEARCH SERVICE': 'other',
  'DATABASE ROLE': 'other',
  'FILE FORMAT': 'other',
  'GIT REPOSITORY': 'other',
  'IMAGE REPOSITORY': 'other',
  'JOIN POLICY': 'other',
  'MASKING POLICY': 'other',
  MODEL: 'other',
  'NETWORK RULE': 'other',
  NOTEBOOK: 'other',
  'PACKAGES POLICY': 'other',
  'PASSWORD POLICY': 'other',
  PIPE: 'other',
  'PRIVACY POLICY': 'other',
  'PROJECTION POLICY': 'other',
  'ROW ACCESS POLICY': 'other',
  SECRET: 'other',
  'SEMANTIC VIEW': 'other',
  SEQUENCE: 'other',
  SERVICE: 'other',
  'SESSION POLICY': 'other',
  STAGE: 'other',
  'STORAGE LIFECYCLE POLICY': 'other',
  STREAM: 'other',
  STREAMLIT: 'other',
  TAG: 'other',
  TASK: 'other',
};

const kinds: ReadonlyMap<string, ObjectKind> = new Map([...named(ofAccount, true), ...named(ofDatabase, false)]);
const longest = 3;

/** Reads an object kind and moves past it; `undefined`, without moving, for anything that is none. */
export function readObjectKind(cursor: Cursor): ObjectKind | undefined {
  for (let count = longest; count > 0; count--) {
    const kind = kinds.get(cursor.words(count));
    if (kind !== undefined) {
      cursor.skip(count);
      return kind;
    }
  }
  return undefined;
}

/** The same for GRANT and REVOKE, where the kind may stand in the plural (`ALL TABLES IN ..`). */
export function kindOfGrant(words: string): ObjectKind | undefined {
  return kinds.get(words) ?? kinds.get(words.replace(/IES$/, 'Y')) ?? kinds.get(words.replace(/S$/, ''));
}

function named(table: Readonly<Record<string, Kind>>, inAccount: boolean): readonly (readonly [string, ObjectKind])[] {
  return Object.entries(table).map(([words, kind]) => [words, { words, kind, ofAccount: inAccount }]);
}
