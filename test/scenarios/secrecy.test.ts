import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platforms } from './platforms.js';
import { openStage, pending, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ commands: 'processes', temporalInFile: true, worker: { MOORING_LOG_LEVEL: 'trace' } });
});
afterAll(() => stage.close());

/** Every form a value could hide in, and its beginning. */
function forms(value: string): string[] {
  const whole = [
    value,
    Buffer.from(value).toString('base64'),
    Buffer.from(value).toString('base64url'),
    Buffer.from(value).toString('hex'),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
  ];
  return [...new Set([...whole, value.slice(0, 12)])];
}

describe('what Temporal stores, and what is logged and printed', () => {
  it('holds no secret and no script in clear, after a success and failures on both platforms', async () => {
    const folder = stage.sandbox.secretFolder;
    const secrets = await Promise.all(
      [
        ['immuta.api-key', 'immuta.password', 'admin.password', 'admin.p8', 'immuta.p8'],
        ['databricks.client-secret', 'databricks-immuta.token'],
      ]
        .flat()
        .map((name) => readFile(join(folder, name), 'utf8')),
    );
    await stage.writeManifest('secret', {
      policy: 'approval',
      systemAccount: `{ authenticationType: userPassword, username: IMMUTA_BY_PASSWORD, role: IMMUTA_SYSTEM, password: 'file:${folder}/immuta.password' }`,
      privilegedUser: `{ authenticationType: userPassword, username: MOORING_ADMIN, role: ACCOUNTADMIN, password: 'file:${folder}/admin.password' }`,
    });
    const following = stage.register('secret');
    const { digest } = await pending(stage, 'secret');
    const shown = await stage.mooring('show', 'secret', '--script');
    await stage.handle('secret').signal('approve', { digest, by: 'approver@example.com' });
    const first = await following;
    await stage.control.reset();
    await stage.control.faults([{ where: 'immuta:POST /data/connection', nth: 0, kind: 'status', status: 422 }]);
    await stage.writeManifest('failing', { policy: 'automatic' });
    const second = await stage.register('failing');

    await stage.control.reset();
    const { write, lacksPrivilege } = platforms.Databricks;
    await stage.control.faults([{ where: write, nth: 9, kind: 'refuse', code: lacksPrivilege }]);
    const { clientId } = stage.sandbox.simulators.databricks.privilegedUser;
    stage.platform = 'Databricks';
    await stage.writeManifest('lake', {
      systemAccount: `{ authenticationType: token, token: 'file:${folder}/databricks-immuta.token' }`,
      privilegedUser: `{ authenticationType: oAuthM2M, clientId: ${clientId}, clientSecret: 'file:${folder}/databricks.client-secret' }`,
    });
    const third = await stage.register('lake');

    expect([first, second, third].map(({ json }) => json.outcome)).toEqual(['registered', 'compensated', 'compensated']);
    expect(shown.stdout).toContain('CREATE');
    const written = await everything(stage.folder);
    const said = Buffer.from(
      [shown.stdout, shown.stderr, first.stderr, second.stderr, third.stderr, JSON.stringify([first.json, second.json, third.json])].join('\n'),
    );
    const canaries = secrets.flatMap((secret) => forms(secret.split('\n').find((line) => line !== '' && !line.startsWith('-----')) ?? secret));
    expect(canaries.filter((canary) => written.includes(canary) || said.includes(canary))).toEqual([]);
    for (const script of ['CREATE DATABASE', 'GRANT OWNERSHIP', 'immuta_procedures', 'CREATE SCHEMA', 'immuta_entitlements'])
      expect(written.includes(script)).toBe(false);
    expect(written.includes('MooringConnectionKey')).toBe(true);
  });
});

/** All bytes of the server's database with its journal, and of every log; not the secrets themselves and not the manifest. */
async function everything(folder: string): Promise<Buffer> {
  const names = (await readdir(folder)).filter((name) => /\.(db|db-wal|log)$/.test(name));
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
}
