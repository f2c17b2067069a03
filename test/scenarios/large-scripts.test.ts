// Scripts as large as none that we know, through the real server, both drivers and both ways of deciding.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accountOf } from './account.js';
import { platformNames, type ScenarioPlatform } from './platforms.js';
import { executed, giveScript, openStage, pending, until, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  stage.platform = 'Snowflake';
  await stage.control.reset();
});

const beginnings: Readonly<Record<ScenarioPlatform, string>> = {
  Snowflake: 'CREATE DATABASE "IMMUTA"; CREATE ROLE "IMMUTA_SYSTEM"; GRANT ROLE "IMMUTA_SYSTEM" TO ROLE SYSADMIN;',
  Databricks: 'CREATE CATALOG immuta;',
};

async function giveStatements(platform: ScenarioPlatform, statements: readonly string[]): Promise<void> {
  stage.platform = platform;
  await giveScript(stage, `${beginnings[platform]}\n${statements.join(';\n')};\n`);
}

/** Text that hardly shrinks: the worst that a script can be made of. */
function incompressible(bytes: number): string {
  const parts: string[] = [];
  for (let n = 0; n * 64 < bytes; n++) parts.push(createHash('sha384').update(String(n)).digest('base64'));
  return parts.join('').slice(0, bytes);
}

async function sizes(key: string): Promise<{ events: number; largest: number; all: number }> {
  const { events = [] } = await stage.handle(key).fetchHistory();
  const bytes = (events ?? []).map((event) => JSON.stringify(event).length);
  return { events: bytes.length, largest: Math.max(...bytes), all: bytes.reduce((sum, each) => sum + each, 0) };
}

describe('a script of 5,000 statements', () => {
  it.each(platformNames)(
    'runs through, each statement once, although its worker is killed (%s)',
    async (platform) => {
      const grants = Array.from({ length: 5_000 - 3 }, (_, n) =>
        platform === 'Snowflake' ? `CREATE SCHEMA IF NOT EXISTS "IMMUTA"."S${n}"` : `CREATE SCHEMA IF NOT EXISTS immuta.s${n}`,
      );
      await giveStatements(platform, grants);
      await stage.writeManifest('many');
      const following = stage.register('many');
      const account = (): Promise<string> => accountOf(stage.temporal.client, stage.handle('many').workflowId, join(stage.folder, 'worker.log'));
      const underWay = until(async () => ((await executed(stage, 'bootstrap')).length > 1_500 ? true : undefined), 400_000, account);
      const endedEarly = following.then(async ({ json }) => Promise.reject(new Error(`it ended early: ${JSON.stringify(json)} ${await account()}`)));
      await Promise.race([underWay, endedEarly]);

      stage.worker.process.kill('SIGKILL');
      stage.worker = await stage.sandbox.startWorker();

      const { json } = await following;
      expect(json).toMatchObject({ outcome: 'registered' });
      const places = await executed(stage, 'bootstrap');
      expect(places).toEqual(places.map((_place, index) => index));
      const { events, largest, all } = await sizes('many');
      expect(events).toBeLessThan(60);
      expect(largest).toBeLessThan(2 * 1024 * 1024);
      expect(all).toBeLessThan(8 * 1024 * 1024);
    },
    1_200_000,
  );
});

describe('a statement of 1 MiB', () => {
  it.each(platformNames)(
    'is shown, decided on and run (%s)',
    async (platform) => {
      const text = incompressible(1024 * 1024);
      const long = platform === 'Snowflake' ? `ALTER DATABASE "IMMUTA" SET COMMENT = '${text}'` : `COMMENT ON CATALOG immuta IS '${text}'`;
      await giveStatements(platform, [long]);
      await stage.writeManifest('long', { policy: 'approval' });
      const following = stage.register('long');
      const { digest } = await pending(stage, 'long');

      const shown = await stage.mooring('show', 'long', '--json');
      await stage.mooring('approve', 'long', '--digest', digest, '--as', 'approver@example.com');

      expect(shown.exitCode).toBe(0);
      expect((await following).json).toMatchObject({ outcome: 'registered' });
      const places = await executed(stage, 'bootstrap');
      expect(places).toEqual(places.map((_place, index) => index));
    },
    600_000,
  );
});
