import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { admin, startWorkspace } from './databricks-clients.js';
import type { TestWorkspace } from './databricks-clients.js';

describe('faults of the simulated workspace', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await startWorkspace();
  });
  afterEach(() => {
    workspace.simulator.reset();
    workspace.ledger.clear();
  });
  afterAll(() => workspace.close());

  const where = 'databricks:ExecuteStatement';
  const created = (): boolean => workspace.simulator.hasCatalog('immuta');

  it('refuses a statement with the class it is told, or with a bare state', async () => {
    const { refusal } = await workspace.open();
    workspace.fault({ where, kind: 'refuse', code: 'INSUFFICIENT_PERMISSIONS' });
    workspace.fault({ where, kind: 'refuse', code: '08KD1', nth: 2 });

    const named = await refusal('CREATE CATALOG immuta');
    const bare = await refusal('CREATE CATALOG immuta');

    expect([named.sqlState, bare.sqlState]).toEqual(['42501', '08KD1']);
    expect(created()).toBe(false);
    expect(workspace.ledger.entries).toContainEqual(expect.objectContaining({ kind: 'fault', simulator: 'databricks', where, fault: 'refuse' }));
  });

  it('counts statements that change something by themselves', async () => {
    const { run, refusal } = await workspace.open();
    workspace.fault({ where: 'databricks:write', kind: 'refuse', code: 'INSUFFICIENT_PERMISSIONS', nth: 2 });

    await run('CREATE CATALOG immuta');
    await run('SELECT current_user() AS me');
    const refused = await refusal('CREATE SCHEMA immuta.one');

    expect(refused.sqlState).toBe('42501');
  });

  it('refuses any other call inside its answer', async () => {
    workspace.fault({ where: 'databricks:OpenSession', kind: 'refuse', code: '08KD1' });

    await expect(workspace.open()).rejects.toMatchObject({ name: 'Status Error', message: expect.stringContaining('08KD1') });
  });

  it.each([
    ['drop-before', false],
    ['drop-after', true],
  ] as const)('loses the answer with %s; the catalog exists afterwards: %s', async (kind, exists) => {
    const { run } = await workspace.open();
    workspace.fault({ where, kind });

    await expect(run('CREATE CATALOG immuta')).rejects.toMatchObject({ name: 'FetchError' });

    expect(created()).toBe(exists);
    expect(workspace.ledger.entries.filter((entry) => entry.kind === 'statement')).toHaveLength(exists ? 1 : 0);
  });

  it('does not de-duplicate: a statement sent again runs again', async () => {
    const { run, refusal } = await workspace.open();
    workspace.fault({ where, kind: 'drop-after' });
    await run('CREATE CATALOG immuta').catch(() => undefined);

    const again = await refusal('CREATE CATALOG immuta');

    expect(again.sqlState).toBe('42710');
  });

  it('answers a status of its own without executing', async () => {
    const { run } = await workspace.open();
    workspace.fault({ where, kind: 'status', status: 503, headers: { 'retry-after': '1' } });

    await expect(run('CREATE CATALOG immuta')).rejects.toMatchObject({ statusCode: 503 });

    expect(created()).toBe(false);
  });

  it('executes, and answers what nobody can read', async () => {
    const { session } = await workspace.open();
    workspace.fault({ where, kind: 'garbage' });
    workspace.fault({ where: 'databricks:history', kind: 'garbage', bodyBytes: 4_096 });

    session.executeStatement('CREATE CATALOG immuta').catch(() => undefined); // the driver waits for the rest of such an answer for ever
    while (!created()) await new Promise((resolve) => setTimeout(resolve, 5));
    const history = await workspace.call('GET', '/api/2.0/sql/history/queries', { headers: { authorization: `Bearer ${admin.token}` } });

    expect([history.status, history.text.length]).toEqual([200, 4_096]);
    expect(history.text).toMatch(/^<html>/);
  });

  it('leaves a call without an answer, undone', async () => {
    const { session } = await workspace.open();
    workspace.fault({ where, kind: 'hang' });

    const hanging = session.executeStatement('CREATE CATALOG immuta').catch(() => 'ended');
    const outcome = await Promise.race([hanging, new Promise((resolve) => setTimeout(resolve, 150, 'hanging'))]);

    expect(outcome).toBe('hanging');
    expect(created()).toBe(false);
  });

  it('meets the token endpoint and the history too', async () => {
    workspace.fault({ where: 'databricks:token', kind: 'refuse' });
    workspace.fault({ where: 'databricks:token', kind: 'delay', delayMs: 100, nth: 2 });
    workspace.fault({ where: 'databricks:history', kind: 'status', status: 429, body: '{"error_code":"REQUEST_LIMIT_EXCEEDED"}' });
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: admin.clientId, client_secret: admin.clientSecret }).toString();
    const headers = { authorization: `Bearer ${admin.token}` };

    const refused = await workspace.call('POST', '/oidc/v1/token', { body });
    const sent = Date.now();
    const delayed = await workspace.call('POST', '/oidc/v1/token', { body });
    const waited = Date.now() - sent;
    const limited = await workspace.call('GET', '/api/2.0/sql/history/queries', { headers });
    const history = await workspace.call('GET', '/api/2.0/sql/history/queries', { headers });

    expect([refused.status, delayed.status, limited.status, history.status]).toEqual([401, 200, 429, 200]);
    expect(waited).toBeGreaterThanOrEqual(95);
    expect(limited.text).toContain('REQUEST_LIMIT_EXCEEDED');
  });
});
