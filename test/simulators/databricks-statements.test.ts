import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { admin, startWorkspace } from './databricks-clients.js';
import type { TestSession, TestWorkspace } from './databricks-clients.js';

describe('statements on the simulated workspace, through the vendor’s driver', () => {
  let workspace: TestWorkspace;
  let client: TestSession;
  beforeAll(async () => {
    workspace = await startWorkspace();
    client = await workspace.open(admin.token, { queryTags: { run: 'r:1', step: 'all' } });
  });
  afterEach(() => {
    workspace.simulator.reset();
    workspace.ledger.clear();
  });
  afterAll(() => workspace.close());

  const opened = async (): Promise<TestSession> => workspace.open(admin.token, { queryTags: { run: 'r:1', step: 'all' } });

  it('makes catalogs, schemas, tables, views and functions, in lower case, and shows them', async () => {
    client = await opened();

    await client.run("CREATE CATALOG `Immuta` COMMENT 'it''s; ours'");
    await client.run('CREATE SCHEMA IF NOT EXISTS immuta.S');
    await client.run('USE CATALOG immuta');
    await client.run('CREATE TABLE s.t (a INT, b MAP<STRING, STRING>) USING DELTA -- done;');
    await client.run('CREATE OR REPLACE VIEW s.v AS SELECT * FROM s.t;');
    await client.run("CREATE FUNCTION s.f(x STRING) RETURNS STRING LANGUAGE PYTHON AS $$ return x; # it's $$");

    expect(workspace.simulator.hasCatalog('IMMUTA')).toBe(true);
    expect(await client.run('SHOW CATALOGS')).toEqual([{ catalog: 'immuta' }, { catalog: 'main' }, { catalog: 'system' }]);
    expect(await client.run('SHOW TABLES IN s')).toMatchObject([{ tableName: 't' }, { tableName: 'v' }]);
    expect(
      await client.run("SELECT schema_name FROM immuta.information_schema.schemata WHERE schema_name NOT IN ('default', 'information_schema')"),
    ).toEqual([{ schema_name: 's' }]);
    expect(await client.run('SELECT current_user() AS who, current_catalog() AS `where`, 1 + 1 AS two, NULL AS nothing, TRUE AS yes')).toEqual([
      { who: admin.name, where: 'immuta', two: 2, nothing: null, yes: true },
    ]);
  });

  it('tells who owns a catalog and when it was made, in two ways', async () => {
    client = await opened();
    const before = Date.now();
    await client.run('CREATE CATALOG immuta');

    const [row] = await client.run("SELECT catalog_owner, created FROM system.information_schema.catalogs WHERE catalog_name = 'immuta'");
    const described = await client.run('DESCRIBE CATALOG EXTENDED immuta');

    const { catalog_owner: owner, created } = row as { catalog_owner: string; created: string };
    expect(owner).toBe(admin.name);
    expect(Math.abs(Date.parse(`${created.slice(0, 23).replace(' ', 'T')}Z`) - before)).toBeLessThan(2_000);
    expect(described).toContainEqual({ info_name: 'Owner', info_value: admin.name });
  });

  it('gives real error classes and states, told by the operation and not by the call', async () => {
    client = await opened();
    await client.run('CREATE CATALOG immuta');
    await client.run('CREATE SCHEMA immuta.s');
    await client.run('CREATE TABLE immuta.s.t (a INT)');
    await client.run('CREATE FUNCTION immuta.s.f() RETURNS INT RETURN 1');

    for (const [sql, sqlState, errorClass] of [
      ['CREATE CATALOG immuta', '42710', 'CATALOG_ALREADY_EXISTS'],
      ['CREATE SCHEMA immuta.s', '42P06', 'SCHEMA_ALREADY_EXISTS'],
      ['CREATE TABLE immuta.s.t (a INT)', '42P07', 'TABLE_OR_VIEW_ALREADY_EXISTS'],
      ['CREATE FUNCTION immuta.s.f() RETURNS INT RETURN 1', '42723', 'ROUTINE_ALREADY_EXISTS'],
      ['DROP CATALOG absent', '42704', 'NO_SUCH_CATALOG_EXCEPTION'],
      ['DROP SCHEMA immuta.absent', '42704', 'SCHEMA_NOT_FOUND'],
      ['SELECT * FROM immuta.s.absent', '42P01', 'TABLE_OR_VIEW_NOT_FOUND'],
      ['DROP FUNCTION immuta.s.absent', '42883', 'ROUTINE_NOT_FOUND'],
      ['DROP CATALOG immuta', '2BP01', 'CATALOG_NOT_EMPTY'],
      ['GRANT SELECT ON CATALOG immuta TO `no such`', '42704', 'PRINCIPAL_DOES_NOT_EXIST'],
      ['CREATE CATALOG', '42601', 'PARSE_SYNTAX_ERROR'],
      ["SELECT 'open", '42601', 'PARSE_SYNTAX_ERROR'],
      ['SELECT 1; SELECT 2', '42601', 'PARSE_SYNTAX_ERROR'],
      ['FROBNICATE', '42601', 'PARSE_SYNTAX_ERROR'],
      ['MERGE INTO a USING b', '0A000', 'UNSUPPORTED_FEATURE'],
      ['-- nothing', '42617', 'PARSE_EMPTY_STATEMENT'],
    ] as const) {
      const refusal = await client.refusal(sql);

      expect({ sql, sqlState: refusal.sqlState }).toEqual({ sql, sqlState });
      expect(refusal.message).toContain(`[${errorClass}]`);
      expect(refusal.message).toContain(`SQLSTATE: ${sqlState}`);
    }
  });

  it('drops with IF EXISTS what is not there, and a catalog with all that is in it', async () => {
    client = await opened();
    await client.run('CREATE CATALOG immuta');
    await client.run('CREATE TABLE immuta.default.t (a INT)');

    await client.run('DROP TABLE IF EXISTS absent.s.t');
    await client.run('DROP CATALOG IF EXISTS immuta CASCADE');
    await client.run('DROP CATALOG IF EXISTS immuta CASCADE');

    expect(JSON.stringify(workspace.simulator.objects())).not.toContain('immuta');
  });

  it('writes every statement down with its tags, its meaning, its end and its hash', async () => {
    client = await opened();
    const sql = '/* a /* nested */ comment; */ CREATE CATALOG immuta';

    await client.run(sql, { step: 'one,two' });
    await client.refusal('DROP CATALOG absent');
    await client.run('SHOW CATALOGS');

    const entries = workspace.ledger.entries.filter((entry) => entry.kind === 'statement');
    const sha256 = createHash('sha256').update(sql).digest('hex');
    expect(entries).toMatchObject([
      { verb: 'CREATE', object: 'CATALOG immuta', read: false, status: 'success', sha256, tag: String.raw`run:r\:1,step:one\,two`, user: admin.name },
      { verb: 'DROP', object: 'CATALOG absent', read: false, status: 'NO_SUCH_CATALOG_EXCEPTION', tag: String.raw`run:r\:1,step:all` },
      { verb: 'SHOW', read: true, status: 'success' },
    ]);
    expect(workspace.ledger.entries).toContainEqual(
      expect.objectContaining({ kind: 'object', change: 'appeared', object: 'CATALOG', name: 'immuta' }),
    );
  });

  it('says that a slow statement runs, and ends it unchanged when it is cancelled', async () => {
    client = await opened();
    workspace.fault({ where: 'databricks:ExecuteStatement', kind: 'delay', delayMs: 60_000 });

    const operation = await client.session.executeStatement('CREATE CATALOG immuta');
    const before = await operation.status();
    await operation.cancel();

    await expect(operation.finished()).rejects.toMatchObject({ errorCode: 'CANCELED' });
    expect(before.operationState).toBe(1); // RUNNING
    expect(operation.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/);
    expect(workspace.simulator.hasCatalog('immuta')).toBe(false);
  });

  it('finishes a slow statement for whoever asks again', async () => {
    client = await opened();
    workspace.fault({ where: 'databricks:ExecuteStatement', kind: 'delay', delayMs: 400 });
    let asked = 0;

    const operation = await client.session.executeStatement('CREATE CATALOG immuta');
    await operation.finished({ callback: () => void asked++ });

    expect(asked).toBeGreaterThan(0);
    expect(workspace.simulator.hasCatalog('immuta')).toBe(true);
  });

  it('ends a statement at the timeout of its session', async () => {
    const hasty = await workspace.open(admin.token, { configuration: { STATEMENT_TIMEOUT: '1' } });
    workspace.fault({ where: 'databricks:ExecuteStatement', kind: 'delay', delayMs: 60_000 });

    const operation = await hasty.session.executeStatement('CREATE CATALOG immuta');

    await expect(operation.finished()).rejects.toMatchObject({ errorCode: 'TIMEOUT' });
    expect(workspace.simulator.hasCatalog('immuta')).toBe(false);
  });

  it('forgets sessions and objects when it is reset', async () => {
    client = await opened();
    await client.run('CREATE CATALOG immuta');

    workspace.simulator.reset();

    await expect(client.run('SELECT 1')).rejects.toMatchObject({ name: 'Status Error', message: 'Invalid SessionHandle' });
    expect(workspace.simulator.hasCatalog('immuta')).toBe(false);
  });
});
