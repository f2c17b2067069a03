// What may befall a script between its first statement and its last, on both platforms, with scripts that need what their session holds.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { platformNames, platforms, type ScenarioPlatform } from './platforms.js';
import { sharedStage } from './shared-stage.js';
import { executed, giveScript, leftBehind, pending, until, type ManifestEntry, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  stage.platform = 'Snowflake';
  await stage.control.reset();
});

/** Names nothing by its full name: where each table lands, its session decides. */
const leaning: Readonly<Record<ScenarioPlatform, { head: string; table: (n: number) => string; tail: string; lands: string }>> = {
  Snowflake: {
    head: `USE ROLE SYSADMIN; SET here = 'S'; CREATE DATABASE "IMMUTA"; CREATE SCHEMA S; CREATE SCHEMA OTHER; USE SCHEMA IDENTIFIER($here);`,
    table: (n) => `CREATE TABLE T${n} (A INT);`,
    tail: 'USE ROLE USERADMIN; CREATE ROLE "IMMUTA_SYSTEM"; USE ROLE SECURITYADMIN; GRANT ROLE "IMMUTA_SYSTEM" TO ROLE SYSADMIN;',
    lands: 'IMMUTA.S.T',
  },
  Databricks: {
    head: 'CREATE CATALOG immuta; USE CATALOG immuta; CREATE SCHEMA s; USE SCHEMA s;',
    table: (n) => `CREATE TABLE t${n} (a INT);`,
    tail: 'GRANT USE CATALOG ON CATALOG immuta TO `account users`;',
    lands: 'immuta.s.t',
  },
};
const tables = 20;

function leaningScript(platform: ScenarioPlatform, among = ''): string {
  const { head, table, tail } = leaning[platform];
  const made = Array.from({ length: tables }, (_, n) => table(n));
  return [head, among, ...made, tail].join('\n');
}

/** Tables that were made, by their full names. */
async function landed(): Promise<string[]> {
  const ledger = (await stage.control.ledger()) as readonly { kind: string; change?: string; name?: string; objectKind?: string }[];
  return ledger.filter(({ kind, name }) => kind === 'object' && /[.][tT][0-9]+$/.test(name ?? '')).map(({ name }) => name ?? '');
}

/** A key pair is refused under a wrong clock: what it signs is not valid yet, or no longer. */
function byPassword(): ManifestEntry {
  if (stage.platform === 'Databricks') return {};
  const password = `file:${stage.sandbox.secretFolder}/admin.password`;
  return { privilegedUser: `{ authenticationType: userPassword, username: MOORING_ADMIN, role: ACCOUNTADMIN, password: '${password}' }` };
}

async function replaceWorker(signal: NodeJS.Signals): Promise<void> {
  stage.worker.process.kill(signal);
  stage.worker = await stage.sandbox.startWorker();
}

describe.each(platformNames)('a script on %s that leans on its session', (platform) => {
  beforeEach(async () => {
    stage.platform = platform;
    await stage.control.faults([{ where: platforms[platform].write, nth: 0, kind: 'delay', delayMs: 60 }]);
  });

  it.each(['killed', 'expired', 'two clocks'] as const)(
    'lands where it meant to, each statement once: %s',
    async (how) => {
      await giveScript(stage, leaningScript(platform));
      if (how === 'two clocks') await stage.control.clock(-600_000);
      await stage.writeManifest('leaning', how === 'two clocks' ? byPassword() : {});
      const following = stage.register('leaning');
      await until(async () => ((await landed()).length >= 4 ? true : undefined));

      if (how === 'expired') await stage.control.expireSessions();
      else await replaceWorker('SIGKILL');

      expect((await following).json).toMatchObject({ outcome: 'registered' });
      const expected = Array.from({ length: tables }, (_, n) => `${leaning[platform].lands}${n}`);
      expect(await landed()).toEqual(expected);
      const places = await executed(stage, 'bootstrap');
      expect(places).toEqual(places.map((_place, index) => index));
    },
    90_000,
  );

  it('goes on to its end, and is undone, under a clock that is ten minutes ahead', async () => {
    await giveScript(stage, leaningScript(platform));
    await stage.control.clock(600_000);
    await stage.control.faults([{ where: 'immuta:POST /data/connection', nth: 0, kind: 'status', status: 422 }]);
    await stage.writeManifest('ahead', byPassword());
    const following = stage.register('ahead');
    await until(async () => ((await landed()).length >= 4 ? true : undefined));

    await replaceWorker('SIGKILL');

    expect((await following).json).toMatchObject({ outcome: 'compensated', leftBehind: [] });
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('stops and asks where its session holds what no other can be given, and goes on at a person’s word', async () => {
    const temporary = platform === 'Snowflake' ? 'CREATE TEMPORARY TABLE SCRATCH (A INT);' : "EXECUTE IMMEDIATE 'DESCRIBE CATALOG immuta';";
    await giveScript(stage, leaningScript(platform, temporary));
    await stage.writeManifest('holding', { policy: 'approval' });
    const following = stage.register('holding');
    const { digest } = await pending(stage, 'holding');
    await stage.mooring('approve', 'holding', '--digest', digest, '--as', 'approver@example.com');
    await until(async () => ((await landed()).length >= 4 ? true : undefined));

    await replaceWorker('SIGKILL');

    const { exitCode, json } = await following;
    expect(exitCode).toBe(6);
    expect(json).toMatchObject({ attention: { id: 'session-lost-1', choices: ['ran', 'retry', 'undo', 'abandon'] } });
    await stage.mooring('resolve', 'holding', 'ran', '--comment', 'nothing behind it needs it', '--as', 'operator@example.com');
    expect(await stage.handle('holding').result()).toMatchObject({ outcome: 'registered' });
    const places = await executed(stage, 'bootstrap');
    expect(places).toEqual(places.map((_place, index) => index));
  });
});

describe.each(platformNames)('%s', (platform) => {
  beforeEach(() => {
    stage.platform = platform;
  });

  it('that acknowledges the first CREATE and does nothing is found out before anything is registered', async () => {
    const text = platform === 'Snowflake' ? 'CREATE ROLE' : 'CREATE CATALOG';
    const script = platform === 'Snowflake' ? 'CREATE DATABASE "IMMUTA"; CREATE ROLE "IMMUTA_SYSTEM";' : 'CREATE CATALOG immuta;';
    await giveScript(stage, script);
    await stage.control.faults([{ where: platforms[platform].write, nth: 1, kind: 'pretend', matching: text }]);
    await stage.writeManifest('pretended');

    const { exitCode, json } = await stage.register('pretended');

    expect(exitCode).toBe(6);
    expect(json).toMatchObject({ attention: { statement: { found: expect.stringContaining('cannot be seen') } } });
    expect((await stage.control.ledger()).filter(({ method, route }) => method === 'POST' && route === '/data/connection')).toEqual([]);
    await stage.mooring('resolve', 'pretended', 'undo', '--comment', 'it is not there', '--as', 'operator@example.com');
    await expect(stage.handle('pretended').result()).rejects.toBeDefined();
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('whose history cannot be read repeats only what is harmless, and the result says so', async () => {
    const matching = platform === 'Snowflake' ? 'TO ROLE SYSADMIN' : 'GRANT MANAGE';
    await stage.control.faults([
      { where: `${platform.toLowerCase()}:history`, nth: 0, kind: 'status', status: 403 },
      { where: platforms[platform].write, nth: 1, kind: 'delay', delayMs: 1_000, matching },
    ]);
    await stage.writeManifest('unread');
    const following = stage.register('unread');
    await until(async () =>
      (await stage.control.ledger()).some((line) => line.kind === 'fault' && line['matching'] === matching) ? true : undefined,
    );

    await replaceWorker('SIGKILL');

    const { json } = await following;
    expect(json).toMatchObject({ outcome: 'registered', scripts: [{ repeated: expect.any(Number) }] });
    const { stdout } = await stage.mooring('status', 'unread');
    expect(stdout).toContain('perhaps twice');
  });
});
