// How fast a script runs, statement after statement: the product's script activity with its runner process and its journal, against a loop over the
// bare driver. Both are timed by the platform's ledger, from the end of the first statement to the end of the last, so that logins are left out; the
// same ledger says that there was one login.
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import type { Platform } from '../domain/script.js';
import type { Benchmark } from './benchmark.js';
import { line, paired, type Line } from './line.js';
import { nakedQueue } from './naked/start.js';
import { databricksLogin, nakedWork } from './request.js';
import { interleave, nextRunnerMs } from './rounds.js';
import { scriptRunner, startScriptWorkflows } from './script-product.js';
import type { Stage } from './stage.js';

interface Setting {
  readonly name: string;
  readonly platform: Platform;
  readonly length: number;
  /** Rounds at each time a statement takes on the platform, in a full run and in a quick one. */
  readonly rounds: readonly (readonly [delayMs: number, full: number, quick: number])[];
  /** Also as on a platform whose history cannot be asked after a crash: every statement waits for a record of its own. */
  readonly careful?: boolean;
}

const short: Setting['rounds'] = [
  [0, 15, 2],
  [5, 9, 1],
  [30, 7, 1],
];
/** At 30 ms a round of two sides takes more than a minute: a quick run leaves it out. */
const long: Setting['rounds'] = [
  [0, 7, 1],
  [5, 5, 0],
  [30, 5, 0],
];

export const scripts: readonly Benchmark[] = (
  [
    { name: 'script', platform: 'Snowflake', length: 100, rounds: short, careful: true },
    { name: 'script-databricks', platform: 'Databricks', length: 100, rounds: short },
    { name: 'long-script', platform: 'Snowflake', length: 1_000, rounds: long },
    { name: 'long-script-databricks', platform: 'Databricks', length: 1_000, rounds: long },
  ] satisfies readonly Setting[]
).map(benchmarkOf);

function benchmarkOf(setting: Setting): Benchmark {
  const { name, platform, length, rounds } = setting;
  return {
    name,
    summary: `a script of ${length} statements on ${platform}`,
    async run({ quick, stage: open }) {
      const stage = await open();
      const product = await stage.sandbox.startWorker();
      const naked = await stage.naked.startWorker();
      const workflows = await startScriptWorkflows(stage);
      try {
        const lines: Line[] = [];
        for (const [delayMs, full, few] of rounds) {
          if ((quick ? few : full) > 0) lines.push(...(await atLatency(stage, setting, delayMs, quick ? few : full)));
        }
        return lines;
      } finally {
        await workflows.stop();
        await naked.stop();
        await product.stop();
      }
    },
  };
}

/** Statements that change something, are decided by no state, and are carried out at once. */
export function statementsOn(platform: Platform, length: number): readonly string[] {
  return Array.from({ length }, (_, index) => (platform === 'Snowflake' ? `CREATE ROLE BENCH_${index}` : `CREATE CATALOG bench_${index}`));
}

export const statementPlace = { Snowflake: 'snowflake:query', Databricks: 'databricks:ExecuteStatement' } as const;

async function atLatency(stage: Stage, { platform, length, careful }: Setting, delayMs: number, rounds: number): Promise<Line[]> {
  const statements = statementsOn(platform, length);
  let logins = 0;
  const measure = (run: () => Promise<void>) => async (): Promise<number> => {
    await stage.control.reset();
    if (delayMs > 0) await stage.control.faults([{ where: statementPlace[platform], nth: 0, kind: 'delay', delayMs }]);
    await run();
    return perStatement(stage, length);
  };
  const run = await scriptRunner(stage, platform, statements);
  const product = measure(() => run({ historyReadable: true }));
  const bare = measure(await bareRun(stage, platform, statements));
  const sides = {
    product: async () => {
      const ms = await product();
      logins = Math.max(logins, await loginCount(stage));
      return ms;
    },
    bare,
  };
  const other = careful === true ? measure(() => run({ historyReadable: false })) : () => Number.NaN;
  const samples = await interleave({ ...sides, careful: other }, { rounds, settleMs: nextRunnerMs });
  const at = `at ${delayMs} ms`;
  const speed = paired(samples.product, samples.bare, (mine, bareMs) => bareMs / mine);
  const added = (side: readonly number[]): number[] => paired(side, samples.bare, (mine, other) => mine - other);
  return [
    line(`speed ${at}, product / bare driver`, speed, 'x', ...(delayMs === 30 ? [{ atLeast: 0.97 }] : [])),
    line(`added to a statement ${at}`, added(samples.product), 'ms', ...(delayMs === 0 ? [{ atMost: 1 }] : [])),
    ...(careful === true ? [line(`added ${at} where the history is unreadable`, added(samples.careful), 'ms')] : []),
    line(`a statement ${at}, product`, samples.product, 'ms'),
    line(`a statement ${at}, bare driver`, samples.bare, 'ms'),
    line(`logins of one script ${at}`, [logins], 'calls', { atMost: 1 }),
  ];
}

/** From the ledger, ms from the end of one statement to the end of the next. Throws if not each of them ran once. */
async function perStatement({ control }: Stage, length: number): Promise<number> {
  const ran = (await control.ledger()).filter(({ kind, verb, status }) => kind === 'statement' && verb === 'CREATE' && status === 'success');
  const [first, last] = [ran[0], ran.at(-1)].map((entry) => Date.parse(String(entry?.['time'])));
  if (ran.length !== length || first === undefined || last === undefined) throw new Error(`${ran.length} of ${length} statements ran.`);
  return (last - first) / (ran.length - 1);
}

async function loginCount({ control }: Stage): Promise<number> {
  const requests = (await control.ledger()).filter(({ kind }) => kind === 'request');
  return requests.filter(({ path, call }) => call === 'OpenSession' || String(path).startsWith('/session/v1/login-request')).length;
}

async function bareRun({ sandbox, temporal }: Stage, platform: Platform, statements: readonly string[]): Promise<() => Promise<void>> {
  const client = new Client({ connection: temporal.client.connection });
  const start = { workflowId: '', taskQueue: nakedQueue };
  if (platform === 'Databricks') {
    const login = databricksLogin(sandbox);
    return async () => client.workflow.execute('nakedDatabricksScript', { ...start, workflowId: randomUUID(), args: [login, statements] });
  }
  const work = await nakedWork(sandbox, 'script', { greeting: [], lookStatements: [] });
  return async () => client.workflow.execute('nakedScript', { ...start, workflowId: randomUUID(), args: [work, statements] });
}
