import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admin, creator, nobody, startWorkspace } from './databricks-clients.js';
import type { TestSession, TestWorkspace } from './databricks-clients.js';

describe('privileges on the simulated workspace', () => {
  let workspace: TestWorkspace;
  let root: TestSession;
  let maker: TestSession;
  let other: TestSession;
  beforeEach(async () => {
    workspace = await startWorkspace();
    [root, maker, other] = await Promise.all([workspace.open(admin.token), workspace.open(creator.token), workspace.open(nobody.token)]);
  });
  afterEach(() => workspace.close());

  const denied = { sqlState: '42501', message: expect.stringContaining('[INSUFFICIENT_PERMISSIONS]') };

  it('lets metastore admins and holders of CREATE CATALOG create a catalog, and nobody else', async () => {
    await root.run('CREATE CATALOG a');
    await maker.run('CREATE CATALOG b');

    const refusal = await other.refusal('CREATE CATALOG c');

    expect(refusal).toEqual(denied);
    expect(refusal.message).toContain("User does not have CREATE CATALOG on Metastore 'simulated'");
    await root.run(`GRANT CREATE CATALOG ON METASTORE TO \`${nobody.name}\``);
    await other.run('CREATE CATALOG c');
    expect(workspace.simulator.hasCatalog('c')).toBe(true);
  });

  it('needs USE CATALOG, USE SCHEMA and the privilege itself, wherever above it is granted', async () => {
    await root.run('CREATE CATALOG a');
    await root.run('CREATE TABLE a.default.t (x INT)');

    const steps = [];
    for (const privilege of ['USE CATALOG', 'USE SCHEMA', 'SELECT']) {
      steps.push((await other.refusal('SELECT * FROM a.default.t')).message.includes(`does not have ${privilege} on`));
      await root.run(`GRANT ${privilege} ON CATALOG a TO \`${nobody.name}\``);
    }

    expect(steps).toEqual([true, true, true]);
    expect(await other.run('SELECT * FROM a.default.t')).toEqual([]);
  });

  it('lets only the owner or a holder of MANAGE drop: being a metastore admin is not enough', async () => {
    await maker.run('CREATE CATALOG b');

    expect(await root.refusal('DROP CATALOG b CASCADE')).toEqual(denied);
    await root.run(`GRANT MANAGE ON CATALOG b TO \`${admin.name}\``);
    await root.run('DROP CATALOG b CASCADE');

    expect(workspace.simulator.hasCatalog('b')).toBe(false);
  });

  it('lets owners and metastore admins grant, and a holder of ALL PRIVILEGES not', async () => {
    await maker.run('CREATE CATALOG b');
    await maker.run(`GRANT ALL PRIVILEGES ON CATALOG b TO \`${nobody.name}\``);

    expect(await other.refusal('GRANT SELECT ON CATALOG b TO `account users`')).toEqual(denied);
    await root.run('GRANT SELECT ON CATALOG b TO `account users`');
    await maker.run('REVOKE SELECT ON CATALOG b FROM `account users`');

    expect(await maker.run('SHOW GRANTS ON CATALOG b')).toEqual([
      { Principal: nobody.name, ActionType: 'ALL PRIVILEGES', ObjectType: 'CATALOG', ObjectKey: 'b' },
    ]);
  });

  it('follows ownership when it is given away', async () => {
    await maker.run('CREATE CATALOG b');

    await maker.run(`ALTER CATALOG b OWNER TO \`${nobody.name}\``);

    expect(await maker.refusal('DROP CATALOG b CASCADE')).toEqual(denied);
    await other.run('DROP CATALOG b CASCADE');
    expect(workspace.simulator.hasCatalog('b')).toBe(false);
  });

  it('refuses a privilege that the object cannot have', async () => {
    expect(await root.refusal('GRANT CREATE CATALOG ON CATALOG main TO `account users`')).toMatchObject({ sqlState: '22023' });
  });

  it('lets only metastore admins open the system tables', async () => {
    const grant = `GRANT SELECT ON TABLE system.access.audit TO \`${nobody.name}\``;

    expect((await maker.refusal(grant)).sqlState).toBe('42501');
    await root.run(`GRANT USE SCHEMA ON SCHEMA system.access TO \`${nobody.name}\``);
    await root.run(grant);

    expect(await other.run('SELECT * FROM system.access.audit')).toEqual([]);
  });

  it('tells each principal what it holds, and shows it no catalog it cannot use', async () => {
    await root.run('CREATE CATALOG hidden');

    const held = await maker.run('SELECT privilege_type FROM system.information_schema.metastore_privileges');
    const isAdmin = await root.run("SELECT is_account_group_member('metastore admins') AS yes");
    const owner = await other.run('SELECT metastore_owner FROM system.information_schema.metastores');

    expect(held).toEqual([{ privilege_type: 'CREATE_CATALOG' }]);
    expect(isAdmin).toEqual([{ yes: true }]);
    expect(owner).toEqual([{ metastore_owner: 'metastore admins' }]);
    expect(await other.run('SHOW CATALOGS')).toEqual([{ catalog: 'main' }, { catalog: 'system' }]);
  });
});
