// The person who runs a script elsewhere: takes it with `show --reveal`, runs it with the vendor's driver, and reports back.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CommandResult } from '../../dev/command-line.js';
import { planScript } from '../../sql/plan-script.js';
import { openSession } from '../simulators/databricks-clients.js';
import { connect, disconnect, execute } from '../simulators/snowflake-clients.js';
import { runCommand } from './run-command.js';
import { until, type Stage } from './stage.js';

/** A question of a run, as its Query `progress` shows it. */
export interface Asked {
  readonly id: string;
  readonly reason: string;
  readonly choices: readonly string[];
  readonly left: readonly string[];
  readonly digest: string;
}

/** What is asked under this key with this id. `unlike` waits for another reason, or another digest, than the one that is known. */
export function asked(stage: Stage, key: string, id: string, unlike?: Asked): Promise<Asked> {
  return until(async () => {
    const view = await stage
      .handle(key)
      .query<{ attention?: Asked }>('progress')
      .catch(() => undefined);
    const attention = view?.attention;
    const known = attention?.reason === unlike?.reason && attention?.digest === unlike?.digest;
    return attention?.id === id && !known ? attention : undefined;
  });
}

/** The entry of this key in what `pending` lists. */
export async function listed(stage: Stage, key: string): Promise<Record<string, unknown> | undefined> {
  const { pending } = JSON.parse((await stage.mooring('pending', '--json')).stdout) as { pending: Record<string, unknown>[] };
  return pending.find(({ connectionKey }) => connectionKey === key);
}

/** `show --script --reveal` with the key of the workers. */
export function reveal(stage: Stage, key: string, ...args: string[]): Promise<CommandResult> {
  const environment = { ...stage.sandbox.commandEnvironment, MOORING_SCRIPT_KEYS: stage.sandbox.scriptKeysFile, MOORING_ACTOR: 'dba@example.com' };
  return runCommand(['show', key, '--script', '--reveal', ...args], { folder: stage.folder, environment });
}

/** Runs SQL on the simulated platform, as somebody who is not Mooring. */
export async function runDirectly(stage: Stage, text: string): Promise<void> {
  return stage.platform === 'Snowflake' ? runOnSnowflake(stage, text) : runOnDatabricks(stage, text);
}

async function runOnDatabricks({ sandbox, folder }: Stage, text: string): Promise<void> {
  const token = (await readFile(join(sandbox.secretFolder, 'databricks.token'), 'utf8')).trim();
  const caCert = await readFile(join(folder, 'databricks-ca.pem'), 'utf8');
  const { host, port, httpPath } = sandbox.simulators.databricks;
  const session = await openSession({ host, port, caCert }, token, {}, httpPath);
  try {
    for (const statement of planScript(text, 'Databricks', 'bootstrap').statements) await session.run(statement);
  } finally {
    await session.close();
  }
}

async function runOnSnowflake(stage: Stage, text: string): Promise<void> {
  const { host, port, warehouse } = stage.sandbox.simulators.snowflake;
  const password = (await readFile(join(stage.sandbox.secretFolder, 'admin.password'), 'utf8')).trim();
  const connection = await connect({ url: `http://${host}:${port}` }, { username: 'MOORING_ADMIN', password, role: 'ACCOUNTADMIN', warehouse });
  try {
    await execute(connection, text, { parameters: { MULTI_STATEMENT_COUNT: 0 } });
  } finally {
    await disconnect(connection);
  }
}

/** Takes the script that is asked for and runs all of it. */
export async function runRevealed(stage: Stage, key: string): Promise<void> {
  const { exitCode, stdout, stderr } = await reveal(stage, key);
  expect(stderr).toContain('revealed');
  expect(exitCode).toBe(0);
  await runDirectly(stage, stdout);
}

/** `resolve <key> ran` with the digest. */
export async function say(stage: Stage, key: string, digest: string, ...args: string[]): Promise<CommandResult> {
  const answer = ['resolve', key, 'ran', '--digest', digest.slice(0, 12), '--comment', 'ran it in a worksheet', '--as', 'dba@example.com'];
  return stage.mooring(...answer, ...args);
}

/** Statements that Mooring itself sent and that are not reads. */
export async function written(stage: Stage): Promise<readonly unknown[]> {
  return (await stage.control.ledger()).filter(({ kind, tag, read }) => kind === 'statement' && tag?.includes('mooring') === true && read !== true);
}
