// What a person's SQL tool asks besides statements: the metadata calls and statements with parameters, through the vendor's own driver.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { admin, nobody, startWorkspace } from './databricks-clients.js';
import type { TestSession, TestWorkspace } from './databricks-clients.js';

let workspace: TestWorkspace;
let opened: TestSession;
beforeAll(async () => {
  workspace = await startWorkspace();
});
beforeEach(async () => {
  workspace.simulator.reset();
  opened = await workspace.open();
});
afterAll(() => workspace.close());

type Listing = { fetchAll(): Promise<unknown[]>; close(): Promise<unknown> };
async function rowsOf(asked: Promise<Listing>): Promise<unknown[]> {
  const listing = await asked;
  const rows = await listing.fetchAll();
  await listing.close();
  return rows;
}

describe('the metadata calls of a simulated workspace', () => {
  beforeEach(async () => {
    const { run } = opened;
    await run('CREATE CATALOG lake');
    await run('CREATE SCHEMA lake.raw');
    await run('CREATE TABLE lake.raw.orders (id INT)');
    await run('CREATE VIEW lake.raw.recent AS SELECT 1');
    await run('CREATE FUNCTION lake.raw.mask() RETURNS INT RETURN 1');
  });

  it('list tables, their columns and functions by catalog and pattern', async () => {
    const { session } = opened;

    const tables = await rowsOf(session.getTables({ catalogName: 'lake', tableName: 'o%' }));
    const columns = await rowsOf(session.getColumns({ catalogName: 'lake', schemaName: 'raw', tableName: 'orders' }));
    const functions = await rowsOf(session.getFunctions({ catalogName: 'lake', functionName: '%' }));

    expect(tables).toMatchObject([{ TABLE_CAT: 'lake', TABLE_SCHEM: 'raw', TABLE_NAME: 'orders' }]);
    expect(columns).toMatchObject([{ TABLE_CAT: 'lake', TABLE_NAME: 'orders', COLUMN_NAME: 'value', TYPE_NAME: 'STRING', ORDINAL_POSITION: 0 }]);
    expect(functions).toMatchObject([{ FUNCTION_CAT: 'lake', FUNCTION_SCHEM: 'raw', FUNCTION_NAME: 'mask' }]);
  });

  it('list only what the caller may see', async () => {
    const { session } = await workspace.open(nobody.token);

    expect(await rowsOf(session.getColumns({ catalogName: 'lake' }))).toEqual([]);
    expect(await rowsOf(session.getFunctions({ catalogName: 'lake', functionName: '%' }))).toEqual([]);
  });

  it('name the kinds of tables and types there are, and keys of none', async () => {
    const { session } = opened;

    expect(await rowsOf(session.getTableTypes())).toEqual([{ TABLE_TYPE: 'TABLE' }, { TABLE_TYPE: 'VIEW' }]);
    expect(await rowsOf(session.getTypeInfo())).toEqual(expect.arrayContaining([expect.objectContaining({ TYPE_NAME: 'STRING' })]));
    expect(await rowsOf(session.getPrimaryKeys({ catalogName: 'lake', schemaName: 'raw', tableName: 'orders' }))).toEqual([]);
  });
});

describe('a statement with parameters', () => {
  const answers = async (sql: string, options: object): Promise<unknown[]> => rowsOf(opened.session.executeStatement(sql, options));

  it('takes them by name and by place, as values that are never read as SQL', async () => {
    const hostile = "x'; DROP CATALOG main --";

    expect(await answers('SELECT :who AS who, :n AS n, :yes AS yes', { namedParameters: { who: hostile, n: 3, yes: true } })).toEqual([
      { who: hostile, n: 3, yes: true },
    ]);
    expect(await answers('SELECT ? AS a, ? AS b', { ordinalParameters: ['first', 'second'] })).toEqual([{ a: 'first', b: 'second' }]);
    expect(
      await answers('SELECT catalog_name FROM system.information_schema.catalogs WHERE catalog_name = :c', { namedParameters: { c: 'main' } }),
    ).toEqual([{ catalog_name: 'main' }]);
  });

  it('is refused as Spark does when one is missing', async () => {
    expect(await opened.refusal('SELECT :absent')).toEqual({ sqlState: '42P02', message: expect.stringContaining('[UNBOUND_SQL_PARAMETER]') });
  });
});

it('Whose statement it was stands in the history by number, as the vendor’s SDKs read it', async () => {
  await opened.run('SELECT 1');
  const call = async (path: string): Promise<{ id?: string; res?: { user_id: unknown; executed_as_user_id: unknown }[] }> =>
    JSON.parse((await workspace.call('GET', path, { headers: { authorization: `Bearer ${admin.token}` } })).text) as Awaited<ReturnType<typeof call>>;

  const me = await call('/api/2.0/preview/scim/v2/Me');
  const mine = await call(`/api/2.0/sql/history/queries?filter_by.user_ids=${me.id}`);
  const others = await call('/api/2.0/sql/history/queries?filter_by.user_ids=42');

  expect(Number.isSafeInteger(Number(me.id))).toBe(true);
  expect(mine.res).toMatchObject([{ user_id: Number(me.id), executed_as_user_id: Number(me.id) }]);
  expect(others.res).toEqual([]);
});
