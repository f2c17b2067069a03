// The product under test, loaded from a compiled tree: its own, or a copy in which one thing was made wrong on purpose.
import type { createImmutaActivities, createPlatformActivities } from '../../../activities/index.js';
import type { StatementRecord } from '../../../activities/ports.js';
import type { readHistory as readDatabricksHistory } from '../../../platforms/databricks/history.js';
import type { readHistory as readSnowflakeHistory } from '../../../platforms/snowflake/history.js';
import type { refuseLate, refuseUndecided } from '../../../platforms/statement-gate.js';
import type { deregisterConnection, registerConnection } from '../../../workflows/index.js';
import type { Schedule } from './schedule.js';

export interface Product {
  readonly registerConnection: typeof registerConnection;
  readonly deregisterConnection: typeof deregisterConnection;
  readonly createImmutaActivities: typeof createImmutaActivities;
  readonly createPlatformActivities: typeof createPlatformActivities;
  readonly refuseUndecided: typeof refuseUndecided;
  readonly refuseLate: typeof refuseLate;
  /** `rows` asks the platform; a page that is `full` holds nothing of ours. */
  readHistory(
    platform: Schedule['platform'],
    rows: () => Promise<readonly StatementRecord[] | 'unavailable' | 'full'>,
    tagPrefix: string,
    since: string,
  ): Promise<readonly StatementRecord[] | 'unavailable'>;
}

/** `folder` is a compiled tree, such as dist/, with a slash at its end. */
export async function loadProduct(folder: URL): Promise<Product> {
  const load = async (path: string): Promise<unknown> => (await import(new URL(path, folder).href)) as unknown;
  const workflows = (await load('workflows/index.js')) as Pick<Product, 'registerConnection' | 'deregisterConnection'>;
  const activities = (await load('activities/index.js')) as Pick<Product, 'createImmutaActivities' | 'createPlatformActivities'>;
  const gate = (await load('platforms/statement-gate.js')) as Pick<Product, 'refuseUndecided' | 'refuseLate'>;
  const snowflake = (await load('platforms/snowflake/history.js')) as { readonly readHistory: typeof readSnowflakeHistory };
  const databricks = (await load('platforms/databricks/history.js')) as { readonly readHistory: typeof readDatabricksHistory };
  return {
    registerConnection: workflows.registerConnection,
    deregisterConnection: workflows.deregisterConnection,
    createImmutaActivities: activities.createImmutaActivities,
    createPlatformActivities: activities.createPlatformActivities,
    refuseUndecided: gate.refuseUndecided,
    refuseLate: gate.refuseLate,
    readHistory: (platform, rows, tagPrefix, since) =>
      platform === 'Snowflake'
        ? snowflake.readHistory(async () => snowflakePage(await rows()), tagPrefix, since)
        : databricks.readHistory(async () => databricksPage(await rows()), witness, tagPrefix, since),
  };
}

const vendors = {
  Snowflake: { succeeded: 'SUCCESS', failed: 'FAILED_WITH_ERROR', running: 'RUNNING' },
  Databricks: { succeeded: 'FINISHED', failed: 'FAILED', running: 'RUNNING' },
} as const;

/** Somebody else's statements fill it. */
const fullPage = Array.from({ length: 10_000 }, () => ({
  query_id: 'other',
  query_tag: 'other',
  execution_status: 'SUCCESS',
  start_time: '2026-01-01T00:00:00Z',
}));

type Rows = readonly StatementRecord[] | 'unavailable' | 'full';

function snowflakePage(rows: Rows): readonly Readonly<Record<string, string>>[] {
  if (rows === 'unavailable') throw new Error('Insufficient privileges');
  if (rows === 'full') return fullPage;
  return rows.map(({ tag, queryId, state, startedAt }) => ({
    query_id: queryId,
    query_tag: tag,
    execution_status: vendors.Snowflake[state],
    start_time: startedAt,
  }));
}

const witness = { queryId: 'witness', tag: 'mooring-read', startedAtMs: Date.UTC(2026, 0, 1) };

function databricksPage(rows: Rows) {
  if (rows === 'unavailable') return { status: 403, body: {} };
  const own = {
    query_id: witness.queryId,
    status: 'FINISHED',
    query_start_time_ms: witness.startedAtMs,
    query_tags: [{ key: 'mooring', value: witness.tag }],
  };
  if (rows === 'full') return { status: 200, body: { res: [own], next_page_token: 'more', has_next_page: true } };
  const entries = rows.map(({ tag, queryId, state, startedAt }) => ({
    query_id: queryId,
    status: vendors.Databricks[state],
    query_start_time_ms: Date.parse(startedAt),
    query_tags: [{ key: 'mooring', value: tag }],
  }));
  return { status: 200, body: { res: [own, ...entries], has_next_page: false } };
}
