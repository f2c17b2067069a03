// After the kill nothing of a statement reaches the workspace, whatever the driver was doing.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { errorOf, sha256, statement } from '../opening.js';
import { workspace } from './workspace.js';
import type { Stage } from './workspace.js';

const create = 'CREATE CATALOG immuta';
const watchMs = 3_000; // longer than the driver's own pauses between two questions

async function untilMet({ ledger }: Stage, where: string): Promise<void> {
  while (!ledger.entries.some((entry) => entry.kind === 'fault' && entry['where'] === where)) await pause(20);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.each([
  ['it waits for an answer that never comes', { where: 'databricks:ExecuteStatement', nth: 0, kind: 'silence-before' }],
  ['its statement runs for ever', { where: 'databricks:ExecuteStatement', nth: 0, kind: 'delay', delayMs: 600_000 }],
  ['it asks again and again what became of it', { where: 'databricks:GetOperationStatus', nth: 0, kind: 'status', status: 503 }],
] as const)('a killed runner sends nothing more: %s', async (_when, fault) => {
  const stage = await workspace();
  const session = await stage.open();
  await session.decide([sha256(create)]);
  if (fault.where.endsWith('Status')) stage.faults.add([{ where: 'databricks:ExecuteStatement', nth: 0, kind: 'delay', delayMs: 600_000 }]);
  stage.faults.add([fault]);
  const running = errorOf(session.execute(statement(create, { timeoutMs: 30 * 60_000 })));
  await untilMet(stage, fault.where);

  await session.kill();

  expect(await running).toMatchObject({ kind: 'unreachable', ambiguous: true });
  expect(isAlive(session.pid ?? 0)).toBe(false);
  const before = stage.ledger.entries.length;
  await pause(watchMs);
  expect(stage.ledger.entries.length).toBe(before);
});

test('a statement that outlives its deadline takes its runner with it, and nothing of it is sent any more', async () => {
  const stage = await workspace();
  const session = await stage.open();
  await session.decide([sha256(create)]);
  stage.faults.add([{ where: 'databricks:ExecuteStatement', nth: 2, kind: 'silence-before' }]); // the first sets the time limit

  const error = await errorOf(session.execute(statement(create, { timeoutMs: 1_500 })));

  expect(error).toMatchObject({ ambiguous: true });
  const before = stage.ledger.entries.length;
  await pause(watchMs);
  expect(stage.ledger.entries.length).toBe(before);
  expect(stage.platform.hasCatalog('immuta')).toBe(false);
});

test('a closed session and an aborted attempt leave nothing that sends', async () => {
  const stage = await workspace();
  const session = await stage.open();
  await session.close();
  const before = stage.ledger.entries.length;

  await pause(1_000);

  expect(stage.ledger.entries.length).toBe(before);
});
