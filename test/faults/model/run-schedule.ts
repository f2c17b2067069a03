// One run of the product in the model, from its start until nothing is left that could happen, late arrivals and sleepers included.
import { createHash } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import type { RunMemo } from '../../../workflows/messages.js';
import { runActivity } from './activity-worker.js';
import { Fates } from './fates.js';
import { emptyLedger, type RunLedger } from './ledger.js';
import { Machine } from './machine.js';
import { immutaPort, ModelImmuta } from './model-immuta.js';
import { ModelPlatform } from './model-platform.js';
import { platformOpener } from './model-session.js';
import { Person } from './person.js';
import type { Product } from './product.js';
import type { Schedule, Strike } from './schedule.js';
import { approvedStatements, contested, ownNames, requestOf, runId, strangers, workflowId } from './script-texts.js';
import { TemporalServer } from './temporal-server.js';
import { liveIn } from './virtual-globals.js';
import { WorkflowHost } from './workflow-host.js';
import { World } from './world.js';

/** What is there when all is over. */
export interface Aftermath {
  readonly schedule: Schedule;
  readonly ledger: RunLedger;
  readonly platform: ModelPlatform;
  readonly immuta: ModelImmuta;
  readonly struck: readonly string[];
  readonly steps: number;
}

/** A run that needs more of them goes round in circles: the longest take some thousands. */
const mostSteps = 60_000;

export async function runSchedule(schedule: Schedule, product: Product): Promise<Aftermath> {
  const world = new World(schedule.seed);
  liveIn(world);
  try {
    return await live(world, schedule, product);
  } finally {
    liveIn(undefined);
  }
}

async function live(world: World, schedule: Schedule, product: Product): Promise<Aftermath> {
  const ledger = emptyLedger(world.now);
  const fates = new Fates(schedule);
  const platform = new ModelPlatform(world, ledger, schedule);
  const immuta = new ModelImmuta(world, ledger, schedule, platform);
  furnish(schedule, platform, immuta);
  ledger.approved = approvedStatements(schedule);
  const workflowType = schedule.flow === 'register' ? 'registerConnection' : 'deregisterConnection';
  const fleet = new Fleet(world, (machine, runners) => activitiesIn(machine, runners));
  const server = new TemporalServer(world, ledger, {
    polling: () => fleet.polling(),
    run: (machine, task) => runActivity({ machine, server, fates, runId, workflowId, workflowType, activities: fleet.activitiesOf(machine) }, task),
  });

  function activitiesIn(machine: Machine, runners: Machine): Activities {
    const resolveSecret = () => Promise.reject(new Error('the model has no secrets'));
    const seal = {
      seal: (script: {
        platform: 'Snowflake' | 'Databricks';
        purpose: 'bootstrap' | 'cleanup';
        text: string;
        statementHashes: readonly string[];
      }) => ({
        platform: script.platform,
        purpose: script.purpose,
        statementHashes: script.statementHashes,
        sha256: createHash('sha256').update(script.text, 'utf8').digest('hex'),
        sealed: script.text,
      }),
      open: ({ sealed }: { readonly sealed: string }) => (schedule.tampered ? sealed.replace('IMMUTA_SYSTEM', 'PUBLIC') : sealed),
    };
    const rules = { allowAutomatic: true, allowShortTiming: true, clock: machine.clock };
    const openImmuta = (_target: unknown, signal: AbortSignal) => immutaPort({ machine, fates, ledger, immuta, schedule, by: attemptNow() }, signal);
    const openPlatform = platformOpener({ machine, runners, fates, ledger, platform, schedule, product });
    return {
      ...product.createImmutaActivities({ openImmuta, seal, resolveSecret }, rules),
      ...product.createPlatformActivities({ openPlatform, seal, resolveSecret }, rules),
    };
  }

  const person = new Person({ world, server, ledger, schedule, fates, platform, immuta });
  server.onPhase = (phase) => void ledger.phases.push({ at: world.now, phase });
  server.onMemo = (fields) => {
    const read = (name: keyof RunMemo): unknown =>
      fields[name] === undefined ? undefined : defaultPayloadConverter.fromPayload(fields[name] as never);
    ledger.outcome = (read('outcome') as RunMemo['outcome']) ?? ledger.outcome;
    person.sees(read('gate') as RunMemo['gate']);
  };
  fates.striker = (strike) => carryOut(strike, { world, fleet, server, platform, immuta, schedule });

  const input = requestOf(schedule);
  server.start(new WorkflowHost(world, { workflowType, workflowId, runId, workflow: product[workflowType] as never, input }));
  const end = await world.pass(() => server.isClosed, mostSteps);
  if (end !== 'over') ledger.broken = end === 'idle' ? 'nothing can happen any more, and the run is open' : 'the run goes round in circles';
  await world.pass(() => false, mostSteps);
  return { schedule, ledger, platform, immuta, struck: fates.struck, steps: world.steps };
}

function attemptNow(): { readonly activity: string; readonly attempt: number } {
  const { activityId, attempt } = activityInfo();
  return { activity: activityId, attempt };
}

type Activities = Readonly<Record<string, ((...input: never[]) => Promise<unknown>) | undefined>>;

/** The worker processes: one at first, and another whenever one is gone or stopped. */
class Fleet {
  readonly #world: World;
  readonly #furnish: (machine: Machine, runners: Machine) => Activities;
  readonly #all: { readonly machine: Machine; readonly runners: Machine; readonly activities: Activities }[] = [];

  constructor(world: World, furnish: (machine: Machine, runners: Machine) => Activities) {
    this.#world = world;
    this.#furnish = furnish;
    this.add();
  }

  add(): void {
    const machine = new Machine(`worker ${this.#all.length + 1}`, this.#world);
    const runners = new Machine(`runner ${this.#all.length + 1}`, this.#world);
    machine.onDeath(() => runners.kill());
    this.#all.push({ machine, runners, activities: this.#furnish(machine, runners) });
  }

  /** The newest that runs: those that were stopped have lost their place in the queue. */
  get current(): { readonly machine: Machine; readonly runners: Machine } | undefined {
    return this.#all.findLast(({ machine }) => machine.runs);
  }

  polling(): Machine | undefined {
    return this.current?.machine;
  }

  activitiesOf(machine: Machine): Activities {
    return this.#all.find((each) => each.machine === machine)?.activities ?? {};
  }
}

interface Stage {
  readonly world: World;
  readonly fleet: Fleet;
  readonly server: TemporalServer;
  readonly platform: ModelPlatform;
  readonly immuta: ModelImmuta;
  readonly schedule: Schedule;
}

function carryOut({ blow, forMs, which }: Strike, { world, fleet, server, platform, immuta, schedule }: Stage): void {
  const worker = fleet.current;
  switch (blow) {
    case 'cancel':
      return server.requestCancel();
    case 'register':
      return void immuta.othersRegister();
    case 'make': {
      const objects = contested(schedule);
      const object = objects[which % Math.max(1, objects.length)];
      if (object !== undefined) platform.othersMake(object);
      return;
    }
    case 'kill-runner':
      worker?.runners.restart();
      return;
    case 'kill':
      worker?.machine.kill();
      break;
    case 'stop':
    case 'stop-worker':
      worker?.machine.stop();
      if (blow === 'stop') worker?.runners.stop();
      world.after(forMs, () => {
        worker?.runners.wake();
        worker?.machine.wake();
      });
  }
  world.after(world.between(500, 15_000), () => fleet.add());
}

/** What stands before the run. */
function furnish(schedule: Schedule, platform: ModelPlatform, immuta: ModelImmuta): void {
  for (const object of strangers[schedule.platform]) platform.put(object, 'before');
  if (schedule.roleExistedBefore && schedule.platform === 'Snowflake') platform.put({ kind: 'role', name: 'IMMUTA_SYSTEM' }, 'before');
  if (schedule.flow === 'register') return;
  for (const object of [...ownNames(schedule.platform), ...contested(schedule)]) platform.put(object, 'before');
  immuta.standsAlready();
}
