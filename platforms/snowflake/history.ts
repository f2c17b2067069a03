// What Snowflake itself remembers of statements that we tagged. "Not in this list" lets a statement be sent again, so anything short of the
// whole list is `unavailable`: an error, an unreadable time, a full page, tags that were cut short.
import { isCutTag } from '../cut-tag.js';
import type { StatementRecord } from '../runner-messages.js';
import { historyLimit } from './own-statements.js';
import type { OwnStatement } from './own-statements.js';
import type { Row } from './statement.js';

/** Statements of the session's user whose tag starts with `tagPrefix` and that ended after `since` (ISO 8601, the platform's time) or still run. */
export async function readHistory(
  read: (statement: OwnStatement) => Promise<readonly Row[]>,
  tagPrefix: string,
  since: string,
): Promise<readonly StatementRecord[] | 'unavailable'> {
  const start = new Date(since);
  if (Number.isNaN(start.getTime())) return 'unavailable';
  let rows: readonly Row[];
  try {
    rows = await read({ name: 'history', since: start });
  } catch {
    return 'unavailable';
  }
  if (rows.length >= historyLimit || rows.some(({ query_tag: tag = '' }) => isCutTag(tag, tagPrefix))) return 'unavailable';
  return rows.flatMap((row) => {
    const tag = row['query_tag'];
    const queryId = row['query_id'];
    if (tag === undefined || queryId === undefined || !tag.startsWith(tagPrefix)) return [];
    return [{ tag, queryId, state: stateOf(row['execution_status'] ?? ''), startedAt: row['start_time'] ?? since }];
  });
}

/** Snowflake: success, fail..., incident; every other word is a stage of running (running, queued, blocked, resuming_warehouse). */
function stateOf(status: string): StatementRecord['state'] {
  if (/^success$/i.test(status)) return 'succeeded';
  return /^(fail|incident|abort)/i.test(status) ? 'failed' : 'running';
}
