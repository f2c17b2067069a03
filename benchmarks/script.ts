// How fast a script runs, statement after statement: the product's script activity with its runner process and its journal, against a loop over the
// bare driver. Both are timed by the platform's ledger, from the end of the first statement to the end of the last, so that logins are left out.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { RunScriptInput } from '../activities/run-script.js';
import { readKeyRing } from '../secrets/key-ring.js';
import { createScriptSeal } from '../secrets/sealed-script.js';
import { planScript } from '../sql/plan-script.js';
import { createDataConverter } from '../temporal/data-converter.js';
import type { Benchmark } from './benchmark.js';
import { line, paired, type Line } from './line.js';
import { nakedQueue } from './naked/start.js';
import { nakedWork, registrationRequest } from './request.js';
import { interleave, nextRunnerMs } from './rounds.js';
import type { Stage } from './stage.js';

const statements = Array.from({ length: 100 }, (_, index) => `CREATE ROLE BENCH_${index}`);

export const script: Benchmark = {
  name: 'script',
  summary: 'a script of 100 statements',
  async run({ quick, stage: open }) {
    const stage = await open();
    const product = await stage.sandbox.startWorker();
    const naked = await stage.naked.startWorker();
    const workflows = await startWorkflowWorker(stage);
    try {
      return [...(await atLatency(stage, 0, quick ? 3 : 15)), ...(await atLatency(stage, 30, quick ? 2 : 7))];
    } finally {
      await workflows.stop();
      await naked.stop();
      await product.stop();
    }
  },
};

async function atLatency(stage: Stage, delayMs: number, rounds: number): Promise<Line[]> {
  const measure = (run: () => Promise<void>) => async (): Promise<number> => {
    await stage.control.reset();
    if (delayMs > 0) await stage.control.faults([{ where: 'snowflake:query', nth: 0, kind: 'delay', delayMs }]);
    await run();
    return perStatement(stage);
  };
  const { product, careful, bare } = await interleave(
    {
      product: measure(await productRun(stage, true)),
      careful: measure(await productRun(stage, false)),
      bare: measure(await bareRun(stage)),
    },
    { rounds, settleMs: nextRunnerMs },
  );
  const at = `at ${delayMs} ms`;
  const speed = paired(product, bare, (mine, other) => other / mine);
  const added = (side: readonly number[]): number[] => paired(side, bare, (mine, other) => mine - other);
  return [
    line(`speed ${at}, product / bare driver`, speed, 'x', ...(delayMs === 0 ? [] : [{ atLeast: 0.97 }])),
    line(`added to a statement ${at}`, added(product), 'ms', ...(delayMs === 0 ? [{ atMost: 1 }] : [])),
    line(`added ${at} where the history is unreadable`, added(careful), 'ms'),
    line(`a statement ${at}, product`, product, 'ms'),
    line(`a statement ${at}, bare driver`, bare, 'ms'),
  ];
}

/** From the ledger, ms from the end of one statement to the end of the next. Throws if not each of them ran once. */
async function perStatement({ control }: Stage): Promise<number> {
  const ran = (await control.ledger()).filter(({ kind, verb, status }) => kind === 'statement' && verb === 'CREATE' && status === 'success');
  const [first, last] = [ran[0], ran.at(-1)].map((entry) => Date.parse(String(entry?.['time'])));
  if (ran.length !== statements.length || first === undefined || last === undefined)
    throw new Error(`${ran.length} of ${statements.length} statements ran.`);
  return (last - first) / (ran.length - 1);
}

async function bareRun({ sandbox, temporal }: Stage): Promise<() => Promise<void>> {
  const client = new Client({ connection: temporal.client.connection });
  const work = await nakedWork(sandbox, 'script', { greeting: [], lookStatements: [] });
  return async () => client.workflow.execute('nakedScript', { workflowId: randomUUID(), taskQueue: nakedQueue, args: [work, statements] });
}

const workflowQueue = 'benchmark';

async function productRun({ sandbox, temporal }: Stage, historyReadable: boolean): Promise<() => Promise<void>> {
  const text = `${statements.join(';\n')};\n`;
  const { hashes } = planScript(text, 'Snowflake', 'bootstrap');
  const input: RunScriptInput = {
    request: registrationRequest(sandbox, 'script'),
    script: createScriptSeal(await readKeyRing(sandbox.scriptKeysFile)).seal({
      platform: 'Snowflake',
      purpose: 'bootstrap',
      text,
      statementHashes: hashes,
    }),
    decisions: [{ by: 'policy', verdict: 'approve', channel: 'policy', at: new Date().toISOString() }],
    identity: { user: 'MOORING_ADMIN', role: 'ACCOUNTADMIN' },
    historyReadable,
    targets: [],
  };
  return async () =>
    temporal.client.workflow.execute('oneScript', { workflowId: randomUUID(), taskQueue: workflowQueue, args: ['mooring-platform', input] });
}

/** The workflow runs here, its activity in the product's worker. */
async function startWorkflowWorker({ sandbox }: Stage): Promise<{ stop(): Promise<void> }> {
  const connection = await NativeConnection.connect({ address: sandbox.address });
  const worker = await Worker.create({
    connection,
    taskQueue: workflowQueue,
    workflowsPath: fileURLToPath(new URL('./script-workflow.js', import.meta.url)),
    dataConverter: createDataConverter(await readKeyRing(sandbox.codecKeysFile), 'default'),
  });
  const running = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
