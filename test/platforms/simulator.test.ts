import { generateKeyPairSync } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { monotonicMs } from '../../platforms/monotonic-clock.js';
import { Faults } from '../../simulators/faults.js';
import { Ledger } from '../../simulators/ledger.js';
import { startSnowflakeSimulator } from '../../simulators/snowflake/server.js';
import type { SnowflakeSimulator, SnowflakeSimulatorOptions } from '../../simulators/snowflake/server.js';
import { errorOf, openSession, optionsWith, password, sha256, statement, targetAt } from './opening.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const byKey = { authenticationType: 'keyPair', username: 'ADMIN', role: 'ACCOUNTADMIN', privateKey: 'env:KEY' };

const script = ['CREATE DATABASE "IMMUTA"', 'CREATE ROLE IF NOT EXISTS "IMMUTA_SYSTEM"', 'GRANT ROLE "IMMUTA_SYSTEM" TO ROLE SYSADMIN'];

async function simulator(
  changes: Partial<SnowflakeSimulatorOptions> = {},
): Promise<{ platform: SnowflakeSimulator; ledger: Ledger; faults: Faults }> {
  const [ledger, faults] = [new Ledger(), new Faults()];
  const users = [{ name: 'ADMIN', password, publicKeyPem, defaultRole: 'ACCOUNTADMIN', roles: ['ACCOUNTADMIN', 'INSTALLER'] }];
  const platform = await startSnowflakeSimulator({ ledger, faults, users, warehouses: ['WH'], ...changes });
  onTestFinished(() => platform.close());
  return { platform, ledger, faults };
}

function as(role: string): Readonly<Record<string, unknown>> {
  return { privilegedUser: { authenticationType: 'userPassword', username: 'ADMIN', role, password: 'env:PASSWORD' } };
}

test('a decided script runs, statement by statement, and what it made can be proved to be ours', async () => {
  const { platform } = await simulator();
  const session = await openSession(targetAt(platform.port, { privilegedUser: byKey }), optionsWith({ 'env:KEY': privateKeyPem }));
  await session.decide(script.map(sha256));
  const sentAt = new Date(Date.now() + session.clockOffsetMs - 1_000).toISOString();

  for (const [index, text] of script.entries()) await session.execute(statement(text, { index, tag: `run-1/${index}` }));

  const [database, user] = await session.inspect([
    { kind: 'database', name: 'IMMUTA' },
    { kind: 'user', name: 'NOBODY' },
  ]);
  expect(database).toMatchObject({ exists: true, owner: 'ACCOUNTADMIN' });
  expect((database?.createdAt ?? '') >= sentAt).toBe(true);
  expect(user).toMatchObject({ exists: false });
  const history = await session.history('run-1/', sentAt);
  if (history === 'unavailable') throw new Error('The history was to be readable.');
  expect(new Map(history.map(({ tag, state }) => [tag, state]))).toEqual(new Map(script.map((_, index) => [`run-1/${index}`, 'succeeded'])));
});

test('a preflight passes on a new account, and names the database once it is there', async () => {
  const { platform } = await simulator();
  const target = targetAt(platform.port);
  const session = await openSession(target);

  const before = await session.preflight(target);
  await session.decide(script.map(sha256));
  await session.execute(statement(script[0] ?? ''));
  const after = await session.preflight(target);

  expect(before.checks.filter(({ status }) => status !== 'passed').map(({ name, status }) => [name, status])).toEqual([
    ['system account user', 'warning'],
  ]);
  expect(after.checks.filter(({ status }) => status === 'failed').map(({ name, kind }) => [name, kind])).toEqual([['database', 'already-exists']]);
});

test('a role without privileges is told which GRANT it needs, and the GRANT is right', async () => {
  const { platform } = await simulator();
  const target = targetAt(platform.port, as('INSTALLER'));
  const poor = await openSession(target);

  const before = await poor.preflight(target);
  const cure = before.checks.find(({ name }) => name === 'privileges')?.cure ?? '';
  const grant = cure.replace(/^Run as ACCOUNTADMIN: /, '').replace(/;$/, '');
  const admin = await openSession(targetAt(platform.port));
  await admin.decide([sha256(grant)]);
  await admin.execute(statement(grant));
  const after = await poor.preflight(target);

  expect(before.checks.find(({ name }) => name === 'privileges')).toMatchObject({ status: 'failed', kind: 'permission-missing' });
  expect(after.checks.find(({ name }) => name === 'privileges')).toMatchObject({ status: 'passed' });
});

test('refusals of the platform keep their kinds', async () => {
  const { platform } = await simulator();
  const poor = await openSession(targetAt(platform.port, as('INSTALLER')));
  const admin = await openSession(targetAt(platform.port));
  const texts = ['CREATE DATABASE "IMMUTA"', 'DROP ROLE "NOT_THERE"', 'CREATE NONSENSE'];
  for (const session of [poor, admin]) await session.decide(texts.map(sha256));
  await admin.execute(statement('CREATE DATABASE "IMMUTA"'));

  const errors = [
    await errorOf(poor.execute(statement('CREATE DATABASE "IMMUTA"'))),
    await errorOf(admin.execute(statement('CREATE DATABASE "IMMUTA"'))),
    await errorOf(admin.execute(statement('DROP ROLE "NOT_THERE"', { index: 1 }))),
    await errorOf(admin.execute(statement('CREATE NONSENSE', { index: 2 }))),
  ];

  const ambiguous = false;
  expect(errors).toMatchObject([
    { kind: 'permission-missing', ambiguous },
    { kind: 'already-exists', ambiguous },
    { kind: 'not-found', ambiguous },
    { kind: 'statement-failed', ambiguous },
  ]);
});

test('an answer that is lost after the statement ran is fetched by the re-send, and the statement runs once', async () => {
  const { platform, ledger, faults } = await simulator();
  const session = await openSession(targetAt(platform.port));
  await session.decide(script.map(sha256));
  faults.add([{ where: 'snowflake:query', nth: 1, kind: 'drop-after' }]);

  await session.execute(statement(script[0] ?? ''));

  expect(platform.hasDatabase('IMMUTA')).toBe(true);
  expect(ledger.entries.filter((entry) => entry.kind === 'statement' && JSON.stringify(entry).includes('CREATE DATABASE'))).toHaveLength(1);
});

test('when the lease ends before the re-send, the next session reads in the history that the statement ran', async () => {
  const { platform, faults } = await simulator();
  const session = await openSession(targetAt(platform.port));
  await session.decide(script.map(sha256));
  faults.add([{ where: 'snowflake:query', nth: 1, kind: 'drop-after' }]);
  const since = new Date(Date.now() - 1_000).toISOString();

  const error = await errorOf(session.execute(statement(script[0] ?? '', { tag: 'run-9/0', leaseEndsAt: monotonicMs() + 400 })));
  const next = await openSession(targetAt(platform.port));
  const history = await next.history('run-9/', since);

  expect(error).toMatchObject({ kind: 'unreachable', ambiguous: true });
  expect(history).toMatchObject([{ tag: 'run-9/0', state: 'succeeded' }]);
});

test('an expired session is renewed, and one that cannot be is over', async () => {
  const { platform } = await simulator();
  const session = await openSession(targetAt(platform.port));
  await session.decide(script.map(sha256));

  platform.expireSessions('session');
  await session.execute(statement(script[0] ?? ''));
  platform.expireSessions('master');
  const error = await errorOf(session.execute(statement(script[1] ?? '', { index: 1 })));

  expect(platform.hasDatabase('IMMUTA')).toBe(true);
  expect(error).toMatchObject({ kind: 'unreachable' });
});

test("the platform's clock is read as ahead of ours by as much as it is", async () => {
  const { platform } = await simulator({ clockOffsetMs: 90_000 });

  const session = await openSession(targetAt(platform.port));

  expect(Math.abs(session.clockOffsetMs - 90_000)).toBeLessThan(2_000);
});
