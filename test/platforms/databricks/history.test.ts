import { describe, expect, it } from 'vitest';
import { readHistory } from '../../../platforms/databricks/history.js';
import type { RestAnswer } from '../../../platforms/databricks/rest.js';

const witness = { queryId: 'w', tag: 'mooring-read', startedAtMs: Date.parse('2026-11-24T10:00:00Z') };
const since = '2026-11-24T09:00:00Z';
const own = entry('w', 'mooring-read', 'FINISHED');

function entry(id: string, tag: string | undefined, status: string): Record<string, unknown> {
  return {
    query_id: id,
    status,
    query_start_time_ms: witness.startedAtMs,
    ...(tag === undefined ? {} : { query_tags: [{ key: 'mooring', value: tag }] }),
  };
}

/** A workspace that gives these bodies one after the other, and tells what it was asked. */
function pages(...bodies: readonly unknown[]): { readonly ask: (path: string) => Promise<RestAnswer>; readonly asked: URLSearchParams[] } {
  const asked: URLSearchParams[] = [];
  return {
    asked,
    ask(path) {
      asked.push(new URL(path, 'https://workspace').searchParams);
      return Promise.resolve({ status: 200, body: bodies[asked.length - 1] });
    },
  };
}

describe('the query history of a workspace', () => {
  it('is read page by page, and only what carries the tag counts', async () => {
    const workspace = pages(
      {
        res: [entry('a', 'run/0/1', 'FINISHED'), entry('b', 'run/1/1', 'FAILED'), entry('c', 'other/0', 'FINISHED')],
        has_next_page: true,
        next_page_token: 'p2',
      },
      { res: [entry('d', 'run/2/1', 'CANCELED'), entry('e', 'run/3/1', 'COMPILING'), entry('f', undefined, 'FINISHED'), own], has_next_page: false },
    );

    const records = await readHistory(workspace.ask, witness, 'run/', since);

    expect(records === 'unavailable' ? records : records.map(({ queryId, state }) => [queryId, state])).toEqual([
      ['a', 'succeeded'],
      ['b', 'failed'],
      ['d', 'failed'],
      ['e', 'running'],
    ]);
    expect(workspace.asked.map((query) => query.get('page_token'))).toEqual([null, 'p2']);
    expect(workspace.asked[0]?.get('filter_by.query_start_time_range.start_time_ms')).toBe(String(Date.parse(since)));
  });

  it('is asked from before our own first statement on, even for a later time', async () => {
    const workspace = pages({ res: [own] });

    await readHistory(workspace.ask, witness, 'run/', '2026-11-24T11:00:00Z');

    expect(Number(workspace.asked[0]?.get('filter_by.query_start_time_range.start_time_ms'))).toBeLessThan(witness.startedAtMs);
  });

  it.each([
    ['does not show our own session', { res: [entry('a', 'run/0/1', 'FINISHED')] }],
    ['shows our own session without its tag', { res: [entry('w', undefined, 'FINISHED')] }],
    ['says that there is more, and not where', { res: [own], has_next_page: true }],
    ['has tags of another shape', { res: [{ ...own, query_tags: 'mooring:mooring-read' }] }],
    ['is no list', { error_code: 'PERMISSION_DENIED' }],
    ['is nothing', undefined],
  ])('is unavailable when it %s', async (_, body) => {
    expect(await readHistory(pages(body).ask, witness, 'run/', since)).toBe('unavailable');
  });

  it('is unavailable when it is too long to be read in full, or the time is none', async () => {
    const endless = (): Promise<RestAnswer> => Promise.resolve({ status: 200, body: { res: [own], has_next_page: true, next_page_token: 'on' } });

    expect(await readHistory(endless, witness, 'run/', since)).toBe('unavailable');
    expect(await readHistory(endless, witness, 'run/', 'yesterday')).toBe('unavailable');
  });
});
