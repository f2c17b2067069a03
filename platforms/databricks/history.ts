// What Databricks itself remembers of statements that we tagged: the workspace's query history over REST. (The table `system.query.history` lags by
// minutes.) "Not in this list" lets a statement be sent again, so anything short of the whole list is `unavailable`: an error, a strange shape, too
// many pages. And the list must show what we know it holds, the first statement of this very session with its tag: a history that lags, or that
// does not show tags, fails that. Source: the vendor's page "Query History API"; the shape of `query_tags` was seen in its Python SDK only.
import { z } from 'zod';
import { isCutTag } from '../cut-tag.js';
import type { StatementRecord } from '../runner-messages.js';
import type { RestAnswer } from './rest.js';

/** A statement of this session that must be in the history. */
export interface Witness {
  readonly queryId: string;
  readonly tag: string;
  /** By the platform's clock. */
  readonly startedAtMs: number;
}

const pageSize = 1_000; // the most the API gives
const mostPages = 10; // as many statements as Snowflake's history gives
const witnessMarginMs = 5_000; // between the platform's clock in a statement and the one of its history

const Entry = z.object({
  query_id: z.string(),
  status: z.string(),
  query_start_time_ms: z.number(),
  query_tags: z.array(z.object({ key: z.string(), value: z.string().nullish() })).nullish(),
});
const Page = z.object({ res: z.array(Entry).nullish(), next_page_token: z.string().nullish(), has_next_page: z.boolean().nullish() });

/** Statements whose tag starts with `tagPrefix` and that started after `since` (ISO 8601, the platform's time). `ask` gets a path with its query. */
export async function readHistory(
  ask: (path: string) => Promise<RestAnswer>,
  witness: Witness,
  tagPrefix: string,
  since: string,
): Promise<readonly StatementRecord[] | 'unavailable'> {
  const sinceMs = Date.parse(since);
  if (Number.isNaN(sinceMs)) return 'unavailable';
  const entries = await readEntries(ask, Math.min(sinceMs, witness.startedAtMs - witnessMarginMs));
  if (entries === undefined) return 'unavailable';
  if (!entries.some((entry) => entry.query_id === witness.queryId && tagOf(entry) === witness.tag)) return 'unavailable';
  if (entries.some((entry) => isCutTag(tagOf(entry) ?? '', tagPrefix))) return 'unavailable';
  return entries.flatMap((entry) => {
    const tag = tagOf(entry);
    if (tag === undefined || !tag.startsWith(tagPrefix)) return [];
    return [{ tag, queryId: entry.query_id, state: stateOf(entry.status), startedAt: new Date(entry.query_start_time_ms).toISOString() }];
  });
}

async function readEntries(ask: (path: string) => Promise<RestAnswer>, fromMs: number): Promise<readonly z.infer<typeof Entry>[] | undefined> {
  const entries: z.infer<typeof Entry>[] = [];
  let token: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const query = new URLSearchParams({ max_results: String(pageSize), 'filter_by.query_start_time_range.start_time_ms': String(fromMs) });
    if (token !== undefined) query.set('page_token', token);
    let answer: RestAnswer;
    try {
      answer = await ask(`/api/2.0/sql/history/queries?${query.toString()}`);
    } catch {
      return undefined;
    }
    const read = Page.safeParse(answer.body);
    if (answer.status !== 200 || !read.success) return undefined;
    entries.push(...(read.data.res ?? []));
    token = read.data.next_page_token ?? undefined;
    if (token === undefined || token === '') return read.data.has_next_page === true ? undefined : entries;
  }
  return undefined;
}

function tagOf({ query_tags: tags }: z.infer<typeof Entry>): string | undefined {
  return tags?.find(({ key }) => key === 'mooring')?.value ?? undefined;
}

/** QUEUED, STARTED, COMPILING, COMPILED and RUNNING all run, and so does a word that we do not know. */
function stateOf(status: string): StatementRecord['state'] {
  if (status === 'FINISHED') return 'succeeded';
  return status === 'FAILED' || status === 'CANCELED' ? 'failed' : 'running';
}
