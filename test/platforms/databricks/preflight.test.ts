import { expect, test } from 'vitest';
import { sha256, statement } from '../opening.js';
import { asPoorUser, asServicePrincipal, servicePrincipal, workspace } from './workspace.js';

test('a preflight passes on a new workspace, and names the catalog once it is there', async () => {
  const stage = await workspace();
  const session = await stage.open();

  const before = await session.preflight(stage.target());
  await session.decide([sha256('CREATE CATALOG immuta')]);
  await session.execute(statement('CREATE CATALOG immuta'));
  const after = await session.preflight(stage.target());

  expect(before.checks.filter(({ status }) => status !== 'passed')).toEqual([]);
  expect(before.existing).toEqual([{ object: { kind: 'catalog', name: 'immuta' }, exists: false }]);
  expect(after.checks.filter(({ status }) => status === 'failed').map(({ name, kind }) => [name, kind])).toEqual([['catalog', 'already-exists']]);
  expect(after.existing).toMatchObject([{ exists: true, owner: 'admin@example.com' }]);
});

test('a user without privileges is told which GRANT is missing, and the GRANT is right', async () => {
  const stage = await workspace();
  const [poor, admin] = [await stage.open(asPoorUser), await stage.open()];

  const before = await poor.preflight(stage.target(asPoorUser));
  const cure = before.checks.find(({ name }) => name === 'privileges')?.cure ?? '';
  const grant = cure.replace(/^Run as a metastore admin: /, '').replace(/;$/, '');
  await admin.decide([sha256(grant)]);
  await admin.execute(statement(grant));
  const after = await poor.preflight(stage.target(asPoorUser));

  expect(before.checks.find(({ name }) => name === 'privileges')).toMatchObject({ status: 'failed', kind: 'permission-missing' });
  expect(after.checks.find(({ name }) => name === 'privileges')).toMatchObject({ status: 'passed' });
  expect(after.checks.find(({ name }) => name === 'audit')).toMatchObject({ status: 'warning' });
  const [seenByPoor, seenByAdmin] = [after, await admin.preflight(stage.target())].map(({ checks }) => checks.find(({ name }) => name === 'catalog'));
  expect(seenByPoor?.message).toBe('poor@example.com sees no catalog immuta; only a metastore admin is shown every one.');
  expect(seenByAdmin?.message).toBe('Catalog immuta does not exist yet.');
});

test('a service principal must be the one that the manifest names', async () => {
  const stage = await workspace();
  const [principal, admin] = [await stage.open(asServicePrincipal), await stage.open()];
  const target = stage.target(asServicePrincipal);

  const [own] = (await principal.preflight(target)).checks;
  const [other] = (await admin.preflight(target)).checks;

  expect(own).toMatchObject({ status: 'passed', message: `Logged in as ${servicePrincipal}.` });
  expect(other).toMatchObject({ status: 'failed', kind: 'conflict' });
});
