// One whole deregistration under the policy `automatic`, as registration.ts measures a registration: the naked side makes the same calls, and the ledger
// says so. What is registered before each turn is in no figure.
import { Client } from '@temporalio/client';
import type { Benchmark } from './benchmark.js';
import { line, paired, ratioLine, type Line } from './line.js';
import type { Work } from './naked/activities.js';
import { nakedQueue } from './naked/start.js';
import { startProduct, type ProductSide } from './product.js';
import { remoteCalls, requireSameCalls } from './remote-calls.js';
import { nakedWork } from './request.js';
import { interleave, nextRunnerMs, timed } from './rounds.js';
import type { Stage } from './stage.js';

export const deregistration: Benchmark = {
  name: 'deregistration',
  summary: 'one deregistration, on simulators at 0 ms and at 30 ms',
  async run({ quick, stage: open }) {
    const stage = await open();
    const product = await startProduct(stage);
    const nakedWorker = await stage.naked.startWorker();
    try {
      const recorded = await recordProduct(stage, product);
      return [
        ...(await atLatency(stage, product, recorded, { delayMs: 0, rounds: quick ? 4 : 25 })),
        ...(await atLatency(stage, product, recorded, { delayMs: 30, rounds: quick ? 2 : 9 })),
        line('history of one deregistration', [await product.historyEvents()], 'events'),
      ];
    } finally {
      await nakedWorker.stop();
      await product.close();
    }
  },
};

interface Recorded extends Pick<Work, 'greeting' | 'lookStatements'> {
  /** What the product asks when everything is gone. */
  readonly absence: readonly string[];
  /** Where a fault would meet each of the calls. */
  readonly places: readonly string[];
}

async function atLatency(
  stage: Stage,
  product: ProductSide,
  recorded: Recorded,
  { delayMs, rounds }: { readonly delayMs: number; readonly rounds: number },
): Promise<Line[]> {
  const calls: Record<'product' | 'naked', readonly string[]> = { product: [], naked: [] };
  const client = new Client({ connection: stage.temporal.client.connection });
  const deregister = {
    product: (key: string) => product.deregister(key),
    async naked(key: string) {
      const args = [await nakedWork(stage.sandbox, key, recorded), recorded.absence];
      await client.workflow.execute('nakedDeregistration', { workflowId: `naked/deregister/${key}`, taskQueue: nakedQueue, args });
    },
  };
  const measure = (side: 'product' | 'naked') => async (): Promise<number> => {
    const key = await registered(stage, product);
    const before = (await stage.control.ledger()).length;
    if (delayMs > 0) await stage.control.faults(recorded.places.map((where) => ({ where, nth: 0, kind: 'delay', delayMs })));
    const ms = await timed(() => deregister[side](key));
    calls[side] = remoteCalls(await stage.control.ledger(before));
    return ms;
  };
  const samples = await interleave({ product: measure('product'), naked: measure('naked') }, { rounds });
  requireSameCalls(calls);
  return [
    ratioLine(`deregistration at ${delayMs} ms, product / naked`, samples.product, samples.naked, { atMost: 1.15 }),
    line(`deregistration at ${delayMs} ms, product`, samples.product, 'ms'),
    line(`deregistration at ${delayMs} ms, naked`, samples.naked, 'ms'),
    line(
      `product - naked at ${delayMs} ms`,
      paired(samples.product, samples.naked, (mine, other) => mine - other),
      'ms',
    ),
  ];
}

let keys = 0;

/** A connection that stands, and a worker that has come to rest after it. */
async function registered({ control }: Stage, product: ProductSide): Promise<string> {
  await control.reset();
  await control.switches({ creatingMs: 0, deletingMs: 0 });
  const key = `leaving_${++keys}`;
  await product.register(key);
  await new Promise((resolve) => {
    setTimeout(resolve, nextRunnerMs);
  });
  return key;
}

/** What the product asks, in its own words: the naked side asks the same. */
async function recordProduct(stage: Stage, product: ProductSide): Promise<Recorded> {
  const key = await registered(stage, product);
  const before = (await stage.control.ledger()).length;
  await product.deregister(key);
  const ledger = await stage.control.ledger(before);
  const sessions = new Map<unknown, string[]>();
  for (const { kind, tag, text, sessionId } of ledger) {
    if (kind !== 'statement' || tag !== 'mooring-read') continue;
    sessions.set(sessionId, [...(sessions.get(sessionId) ?? []), String(text)]);
  }
  const [[greeting = '', ...lookStatements] = [], , [, ...absence] = []] = [...sessions.values()];
  const routes = ledger.flatMap(({ simulator, kind, method, route }) =>
    simulator === 'immuta' && kind === 'request' ? [`immuta:${method} ${route}`] : [],
  );
  return { greeting: [greeting], lookStatements, absence, places: ['snowflake:login', 'snowflake:query', ...new Set(routes)] };
}
