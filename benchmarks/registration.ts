// One whole registration under the policy `automatic`, from the start by a Temporal client to its result, with remote ends that answer at once: what
// is left is Mooring's own cost. The naked side makes the calls that the ledger recorded of the product; the ledger says that the counts are equal.
import { Client } from '@temporalio/client';
import type { LedgerLine } from '../dev/simulator-control.js';
import { connectionWorkflowId } from '../rules/workflow-id.js';
import { openConnections } from '../client/connections.js';
import type { Benchmark } from './benchmark.js';
import { line, paired, ratioLine } from './line.js';
import type { Work } from './naked/activities.js';
import { nakedQueue } from './naked/start.js';
import { nakedWork, registrationRequest } from './request.js';
import { interleave, timed } from './rounds.js';
import type { Stage } from './stage.js';

export const registration: Benchmark = {
  name: 'registration',
  summary: 'one registration on simulators at 0 ms',
  async run({ quick, stage: open }) {
    const stage = await open();
    const product = await productSide(stage);
    try {
      const naked = nakedSide(stage, await recordProduct(stage, product));
      await stage.naked.startWorker();
      const calls: Record<'product' | 'naked', readonly string[]> = { product: [], naked: [] };
      const measure = async (side: 'product' | 'naked', register: (key: string) => Promise<void>): Promise<number> => {
        await atStart(stage);
        const key = nextKey(side);
        const ms = await timed(() => register(key));
        calls[side] = remoteCalls(await stage.control.ledger());
        return ms;
      };
      const samples = await interleave(
        { product: () => measure('product', product.register), naked: () => measure('naked', naked) },
        { rounds: quick ? 9 : 41, warmups: 2 },
      );
      requireSameCalls(calls);
      return [
        ratioLine('registration, product / naked', samples.product, samples.naked, { atMost: 1.15 }),
        line('registration, product', samples.product, 'ms'),
        line('registration, naked', samples.naked, 'ms'),
        line(
          'product - naked',
          paired(samples.product, samples.naked, (mine, other) => mine - other),
          'ms',
        ),
        line('history of one registration', [await product.historyEvents()], 'events', { atMost: 34 }),
        line('remote calls of each side', [calls.product.length], 'calls'),
      ];
    } finally {
      await product.close();
    }
  },
};

interface ProductSide {
  register(key: string): Promise<void>;
  /** Of the newest registration. */
  historyEvents(): Promise<number>;
  close(): Promise<void>;
}

async function productSide({ sandbox, temporal }: Stage): Promise<ProductSide> {
  const worker = await sandbox.startWorker();
  const connections = await openConnections({
    environment: { ...sandbox.commandEnvironment },
    taskQueue: 'mooring',
    timing: registrationRequest(sandbox, 'timing').timing,
    dev: undefined,
  });
  let newest = '';
  return {
    async register(key) {
      const request = registrationRequest(sandbox, key);
      const { kind } = await connections.startRegistration(request);
      if (kind !== 'started') throw new Error(`The registration of ${key} was not started.`);
      newest = connectionWorkflowId(request.immuta.url, key);
      const { outcome } = (await temporal.client.workflow.getHandle(newest).result()) as { readonly outcome?: string };
      if (outcome !== 'registered') throw new Error(`The registration of ${key} ended as ${outcome}.`);
    },
    async historyEvents() {
      return (await temporal.client.workflow.getHandle(newest).fetchHistory()).events?.length ?? Number.NaN;
    },
    async close() {
      await connections.close();
      await worker.stop();
    },
  };
}

/** What the product reads from the platform, in its own words: the naked side asks the same. */
async function recordProduct(stage: Stage, product: ProductSide): Promise<Pick<Work, 'greeting' | 'lookStatements'>> {
  await atStart(stage);
  await product.register(nextKey('product'));
  const statements = (await stage.control.ledger()).filter(({ kind }) => kind === 'statement');
  const reads = statements.filter(({ tag }) => tag === 'mooring-read').map(({ text }) => String(text));
  const [greeting = ''] = reads;
  return { greeting: [greeting], lookStatements: reads.filter((text) => text !== greeting) };
}

function nakedSide(stage: Stage, recorded: Pick<Work, 'greeting' | 'lookStatements'>): (key: string) => Promise<void> {
  const client = new Client({ connection: stage.temporal.client.connection });
  return async (key) => {
    const work = await nakedWork(stage.sandbox, key, recorded);
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

/** What reached Immuta and Snowflake, in a form that can be compared between two sides. */
function remoteCalls(ledger: readonly LedgerLine[]): string[] {
  return ledger.flatMap(({ kind, simulator, method, route, path, verb, status }) => {
    if (kind === 'statement') return [`${simulator} ${String(verb)} ${String(status)}`];
    return kind === 'request' ? [`${simulator} ${method} ${route ?? String(path)}`] : [];
  });
}

function requireSameCalls({ product, naked }: Record<'product' | 'naked', readonly string[]>): void {
  const [mine, other] = [product, naked].map((calls) => calls.toSorted().join('\n'));
  if (mine === other) return;
  const only = (calls: readonly string[], others: readonly string[]): string =>
    [...new Set(calls)].filter((call) => count(calls, call) > count(others, call)).join(', ');
  throw new Error(
    `The two sides do not make the same calls. Product more often: ${only(product, naked)}. Naked more often: ${only(naked, product)}.`,
  );
}

function count(calls: readonly string[], wanted: string): number {
  return calls.filter((call) => call === wanted).length;
}
