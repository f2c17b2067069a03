// One whole registration under the policy `automatic`, from the start by a Temporal client to its result, with remote ends that answer at once, which
// leaves Mooring's own cost, and after 30 ms, which shows what of it anyone can feel. The naked side makes the calls that the ledger recorded of the product; the ledger says that the counts are equal.
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

export const registration: Benchmark = {
  name: 'registration',
  summary: 'one registration, on simulators at 0 ms and at 30 ms',
  async run({ quick, stage: open }) {
    const stage = await open();
    const product = await startProduct(stage);
    const nakedWorker = await stage.naked.startWorker();
    try {
      const recorded = await recordProduct(stage, product);
      const sides: Sides = { product: (key) => product.register(key), naked: nakedSide(stage, recorded) };
      return [
        ...(await atLatency(stage, sides, recorded.places, { delayMs: 0, rounds: quick ? 5 : 25, ratio: 1.15 })),
        ...(await atLatency(stage, sides, recorded.places, { delayMs: 30, rounds: quick ? 2 : 9, ratio: 1.15 })),
        line('history of one registration', [await product.historyEvents()], 'events', { atMost: 34 }),
        line('remote calls of each side', [recorded.calls], 'calls'),
      ];
    } finally {
      await nakedWorker.stop();
      await product.close();
    }
  },
};

type Sides = Readonly<Record<'product' | 'naked', (key: string) => Promise<void>>>;

interface Setting {
  readonly delayMs: number;
  readonly rounds: number;
  readonly ratio: number;
}

async function atLatency(stage: Stage, sides: Sides, places: readonly string[], { delayMs, rounds, ratio }: Setting): Promise<Line[]> {
  const calls: Record<keyof Sides, readonly string[]> = { product: [], naked: [] };
  const measure = (side: keyof Sides) => async (): Promise<number> => {
    await atStart(stage);
    if (delayMs > 0) await stage.control.faults(places.map((where) => ({ where, nth: 0, kind: 'delay', delayMs })));
    const key = nextKey(side);
    const ms = await timed(() => sides[side](key));
    calls[side] = remoteCalls(await stage.control.ledger());
    return ms;
  };
  const { product, naked } = await interleave({ product: measure('product'), naked: measure('naked') }, { rounds, settleMs: nextRunnerMs });
  requireSameCalls(calls);
  return [
    ratioLine(`registration at ${delayMs} ms, product / naked`, product, naked, { atMost: ratio }),
    line(`registration at ${delayMs} ms, product`, product, 'ms'),
    line(`registration at ${delayMs} ms, naked`, naked, 'ms'),
    line(
      `product - naked at ${delayMs} ms`,
      paired(product, naked, (mine, other) => mine - other),
      'ms',
    ),
  ];
}

interface Recorded extends Pick<Work, 'greeting' | 'lookStatements'> {
  /** Where a fault would meet each of the calls. */
  readonly places: readonly string[];
  readonly calls: number;
}

/** What the product asks, in its own words: the naked side asks the same. */
async function recordProduct(stage: Stage, product: ProductSide): Promise<Recorded> {
  await atStart(stage);
  await product.register(nextKey('product'));
  const ledger = await stage.control.ledger();
  const reads = ledger.filter(({ kind, tag }) => kind === 'statement' && tag === 'mooring-read').map(({ text }) => String(text));
  const [greeting = ''] = reads;
  const routes = ledger.flatMap(({ simulator, kind, method, route }) =>
    simulator === 'immuta' && kind === 'request' ? [`immuta:${method} ${route}`] : [],
  );
  return {
    greeting: [greeting],
    lookStatements: reads.filter((text) => text !== greeting),
    places: ['snowflake:login', 'snowflake:query', ...new Set(routes)],
    calls: ledger.filter(({ kind }) => kind === 'request').length,
  };
}

function nakedSide(stage: Stage, { greeting, lookStatements }: Recorded): (key: string) => Promise<void> {
  const client = new Client({ connection: stage.temporal.client.connection });
  return async (key) => {
    const work = await nakedWork(stage.sandbox, key, { greeting, lookStatements });
    await client.workflow.execute('nakedRegistration', { workflowId: `naked/${key}`, taskQueue: nakedQueue, args: [work] });
  };
}

/** Nothing registered, nothing on record, and an integration that is `enabled` as soon as it is there. */
async function atStart({ control }: Stage): Promise<void> {
  await control.reset();
  await control.switches({ creatingMs: 0 });
}

let keys = 0;

function nextKey(side: string): string {
  return `${side}_${++keys}`;
}
