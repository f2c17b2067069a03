// Every way in, run end to end through the real drivers: each manifest of examples/ as it stands there, registered and deregistered, each run approved by
// its digest. Changed is only what has to lead to the simulators (simulated-example.ts). Judged is what reached the simulators; the same is printed as a
// table when the tests are done.
import { afterAll, beforeAll, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import type { RunView } from '../../domain/outcome.js';
import { platformNames } from './platforms.js';
import { exampleFiles, provideBearer, provideSecrets, simulated, waysIn, type WayIn } from './simulated-example.js';
import { executed, leftBehind, openStage, until, type RunResult, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ worker: provideSecrets });
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.control.reset();
  await provideBearer(stage.sandbox); // the simulated tenant forgets its tokens
});

/** How the platform's login names each way in. */
const authenticators: Readonly<Record<string, string>> = {
  userPassword: 'SNOWFLAKE',
  keyPair: 'SNOWFLAKE_JWT',
  oAuthToken: 'OAUTH',
  oAuthClientCredentials: 'OAUTH',
  programmaticAccessToken: 'PROGRAMMATIC_ACCESS_TOKEN',
};

describe.each(exampleFiles)('examples/%s', (file) => {
  it.for(waysIn(file))('registers and deregisters $connectionKey', async (way, { task }) => {
    const { connectionKey: key, privilegedUser, systemAccount } = way;
    await simulated(stage, file);
    const before = await nothingYet();

    const registered = await approved(key, 'register', stage.register(key));
    const seen = await noted(task, way, 'register', registered, before);
    const [connection] = (await stage.control.objects()).immuta.connections;
    const deregistered = await approved(key, 'deregister', stage.deregister(key));
    const after = await noted(task, way, 'deregister', deregistered, seen);

    expect([registered.json.outcome, deregistered.json.outcome]).toEqual(['registered', 'deregistered']);
    expect([registered.exitCode, deregistered.exitCode]).toEqual([0, 0]);
    const places = await executed(stage, 'bootstrap');
    expect(places).toEqual(places.map((_place, index) => index));
    expect(places.length).toBeGreaterThanOrEqual(20);
    expect(JSON.stringify(connection)).toContain(`"authenticationType":"${systemAccount.split(' ')[0] ?? ''}"`);
    expect(await leftBehind(stage)).toEqual([]);
    expect(after.users).toEqual([way.platform === 'Snowflake' ? 'MOORING_ADMIN' : stage.sandbox.simulators.databricks.privilegedUser.clientId]);
    const kind = privilegedUser.split(' ')[0] ?? '';
    expect(after.authenticators).toEqual(way.platform === 'Snowflake' ? [authenticators[kind]] : []);
    expect(after.tokenRequests > 0).toBe(kind === 'oAuthClientCredentials' || kind === 'oAuthM2M');
  });
});

describe.each(platformNames)('with a %s connection, Immuta', (platform) => {
  const way = (immuta: string): WayIn => ({ ...defaultWays[platform], immuta });
  beforeEach(() => {
    stage.platform = platform;
  });

  it('gives a new token by exchange when one ends in the middle of a run', async ({ task }) => {
    await stage.control.switches({ tokenLifetimeMs: 1_000, creatingMs: 3_000, deletingMs: 3_000 });
    await stage.writeManifest('exchange', { immuta: immutaBlock('exchange', 'immuta.api-key') });
    const before = await nothingYet();

    const registered = await stage.register('exchange');
    const seen = await noted(task, way('exchange, expiring'), 'register', registered, before);
    const deregistered = await stage.deregister('exchange');
    await noted(task, way('exchange, expiring'), 'deregister', deregistered, seen);

    expect([registered.json.outcome, deregistered.json.outcome]).toEqual(['registered', 'deregistered']);
    const calls = (await stage.control.ledger(before.through)).filter(({ simulator, kind }) => simulator === 'immuta' && kind === 'request');
    const at = (method: string, route: string): number => calls.findIndex((call) => call.method === method && call.route === route);
    const exchanges = (from: number, to?: number) => calls.slice(from, to).filter(({ route }) => route === '/bim/apikey/authenticate').length;
    const [posted, deleted] = [at('POST', '/data/connection'), at('DELETE', '/data/object/{key}')];
    expect(exchanges(posted, deleted)).toBeGreaterThanOrEqual(2);
    expect(exchanges(deleted)).toBeGreaterThanOrEqual(2);
    expect(calls.filter(({ status }) => status === 401)).toEqual([]);
  });

  it('gives a new token by exchange when it stops to accept one before its time, for the POST and for the DELETE', async ({ task }) => {
    await stage.control.faults([
      { where: 'immuta:POST /data/connection', nth: 1, kind: 'status', status: 401 },
      { where: 'immuta:DELETE /data/object/{key}', nth: 1, kind: 'status', status: 401 },
    ]);
    await stage.writeManifest('revoked', { immuta: immutaBlock('exchange', 'immuta.api-key') });
    const before = await nothingYet();

    const registered = await stage.register('revoked');
    const seen = await noted(task, way('exchange, revoked'), 'register', registered, before);
    const deregistered = await stage.deregister('revoked');
    await noted(task, way('exchange, revoked'), 'deregister', deregistered, seen);

    expect([registered.json.outcome, deregistered.json.outcome]).toEqual(['registered', 'deregistered']);
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('takes a bearer token as it is', async ({ task }) => {
    await stage.writeManifest('bearer', { immuta: immutaBlock('bearer', 'run/immuta-token') });
    const before = await nothingYet();

    const registered = await stage.register('bearer');
    const seen = await noted(task, way('bearer'), 'register', registered, before);
    const deregistered = await stage.deregister('bearer');
    await noted(task, way('bearer'), 'deregister', deregistered, seen);

    expect([registered.json.outcome, deregistered.json.outcome]).toEqual(['registered', 'deregistered']);
    expect((await stage.control.ledger(before.through)).filter(({ route }) => route === '/bim/apikey/authenticate')).toEqual([]);
  });

  function immutaBlock(authentication: string, secret: string): string {
    return `{ url: '${stage.sandbox.simulators.immuta.url}', authentication: ${authentication}, secret: 'file:${stage.sandbox.secretFolder}/${secret}' }`;
  }
});

const defaultWays = {
  Snowflake: { connectionKey: '', platform: 'Snowflake', systemAccount: 'keyPair', privilegedUser: 'keyPair' },
  Databricks: { connectionKey: '', platform: 'Databricks', systemAccount: 'oAuthM2M', privilegedUser: 'token' },
} as const;

/** What reached the simulators between two moments of the ledger. */
interface Seen {
  /** Where the ledger ended. */
  readonly through: number;
  readonly users: readonly unknown[];
  readonly authenticators: readonly unknown[];
  readonly tokenRequests: number;
}

/** The end of the ledger as it is: what a test prepared is not counted. */
async function nothingYet(): Promise<Seen> {
  return { through: (await stage.control.ledger()).length, users: [], authenticators: [], tokenRequests: 0 };
}

/** Notes a row of the table, of what happened since `before`. */
async function noted(
  task: TestContext['task'],
  { platform, systemAccount, privilegedUser, immuta }: WayIn,
  operation: 'register' | 'deregister',
  { json }: RunResult,
  before: Seen,
): Promise<Seen> {
  const since = await stage.control.ledger(before.through);
  const requests = since.filter(({ kind }) => kind === 'request');
  const statements = (await stage.control.statements(before.through)).map(({ user }) => user);
  const row = { platform, operation, systemAccount, privilegedUser, immuta, outcome: json.outcome ?? json.phase ?? 'none' };
  task.meta.authentications = [...(task.meta.authentications ?? []), { ...row, statements: statements.length, calls: requests.length }];
  const logins = requests.filter(({ path }) => path === '/session/v1/login-request').map(({ authenticator }) => authenticator);
  const tokens = requests.filter(({ path }) => path === '/oauth/token-request' || path === '/oidc/v1/token');
  return {
    through: before.through + since.length,
    users: [...new Set([...before.users, ...statements])],
    authenticators: [...new Set([...before.authenticators, ...logins])],
    tokenRequests: before.tokenRequests + tokens.length,
  };
}

/** Waits for the decision that every example asks for, approves exactly this plan, and follows the run to its end. */
async function approved(key: string, operation: 'register' | 'deregister', following: Promise<RunResult>): Promise<RunResult> {
  const handle = stage.handle(key);
  const digest = await until(async () => {
    const run = await handle.query<RunView>('progress').catch(() => undefined);
    return run?.operation === operation && run.phase === 'awaiting-decision' ? run.digest : undefined;
  });
  await handle.signal('approve', { digest, by: 'approver@example.com' });
  return following;
}
