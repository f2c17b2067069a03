// The runs of which a history is kept: each main path through the three workflows, on the real server and the simulators. A new path gets a line here.
import { answers, deletion, deleteDirectly, deletes } from '../scenarios/deregistering.js';
import { executed, pending, until, type ManifestEntry, type Stage } from '../scenarios/stage.js';

export interface RecordedRun {
  /** The name of its file. */
  readonly name: string;
  readonly workflowType: 'registerConnection' | 'deregisterConnection' | 'planConnection';
  /** Plays it to its end. The key is free on an empty stage. */
  play(stage: Stage, key: string): Promise<void>;
}

const post = 'immuta:POST /data/connection';

export const recordedRuns: readonly RecordedRun[] = [
  register('registered', async (stage, key) => registers(stage, key, {}, 0)),
  register('registered-by-signal', async (stage, key) => {
    await waiting(stage, key, async (digest) => stage.handle(key).signal('approve', { digest, by: 'approver@example.com' }), 0);
  }),
  register('registered-by-update', async (stage, key) => {
    await waiting(stage, key, async (digest) => says(stage, 'approve', key, '--digest', digest), 0);
  }),
  register('rejected', async (stage, key) => {
    await waiting(stage, key, async (digest) => says(stage, 'reject', key, '--digest', digest, '--comment', 'not this week'), 3);
  }),
  register('expired', async (stage, key) => registers(stage, key, { policy: 'approval', expiresAfter: '1s' }, 5)),
  register('unchanged', async (stage, key) => {
    await registers(stage, key, {}, 0);
    await registers(stage, key, {}, 0);
  }),
  register('failed', async (stage, key) => registers(stage, key, { warehouse: 'NO_SUCH_WH' }, 1)),
  register('compensated', async (stage, key) => {
    await stage.control.faults([{ where: post, nth: 0, kind: 'status', status: 422 }]);
    await registers(stage, key, {}, 1);
  }),
  register('compensated-in-mid-script', async (stage, key) => {
    await stage.control.faults([{ where: 'snowflake:write', nth: 15, kind: 'refuse', code: '003001' }]);
    await registers(stage, key, {}, 1);
  }),
  register('compensated-with-connection', async (stage, key) => {
    await stage.control.switches({ creationEnding: 'createError' });
    await registers(stage, key, {}, 1);
  }),
  register('compensated-with-remnant', async (stage, key) => {
    await stage.control.switches({ creationEnding: 'createError', connectionAfterCreateError: 'removed' });
    await registers(stage, key, {}, 1);
  }),
  register('cancelled-while-waiting', async (stage, key) => {
    await waiting(
      stage,
      key,
      async () =>
        stage
          .handle(key)
          .cancel()
          .then(() => undefined),
      10,
    );
  }),
  register('cancelled-in-mid-script', async (stage, key) => {
    await stage.control.faults([{ where: 'snowflake:query', nth: 0, kind: 'delay', delayMs: 60 }]);
    await stage.writeManifest(key);
    const following = stage.register(key);
    await until(async () => ((await executed(stage, 'bootstrap')).length > 8 ? true : undefined));
    await stage.handle(key).cancel();
    ends(await following, 10);
  }),
  register('abandoned', async (stage, key) => {
    await stage.control.switches({ creationEnding: 'createError' });
    await stage.control.faults([{ where: deletion, nth: 0, kind: 'status', status: 403 }]);
    await registers(stage, key, {}, 6);
    await resolves(stage, key, 'abandon');
  }),
  register('resolved-by-undo', async (stage, key) => {
    const body =
      'USE ROLE ACCOUNTADMIN;\nDROP DATABASE IF EXISTS "IMMUTA";\nDROP ROLE IF EXISTS "IMMUTA_SYSTEM";\nDROP ROLE IF EXISTS "IMMUTA_MORE";\n';
    await stage.control.switches({ creationEnding: 'createError' });
    await stage.control.faults([answers('immuta:POST /integrations/{id}/scripts/delete', body)]);
    await registers(stage, key, {}, 6);
    await resolves(stage, key, 'undo', '--digest', (await pending(stage, key)).digest);
  }),
  register('resolved-by-ran', async (stage, key) => {
    await stage.control.faults([
      { where: 'snowflake:history', nth: 0, kind: 'refuse', code: '003001' },
      // A bare CREATE PROCEDURE: nothing that can be looked for shows whether it ran.
      { where: 'snowflake:write', nth: 1, kind: 'delay', delayMs: 2_000, matching: 'CURRENT_VERSION' },
    ]);
    await stage.writeManifest(key);
    const following = stage.register(key);
    await until(async () => ((await executed(stage, 'bootstrap')).length > 10 ? true : undefined));
    stage.worker.process.kill('SIGKILL');
    stage.worker = await stage.sandbox.startWorker();
    ends(await following, 6);
    await resolves(stage, key, 'ran');
  }),
  deregister('deregistered', async (stage, key) => {
    await registers(stage, key, {}, 0);
    ends(await stage.deregister(key), 0);
  }),
  deregister('deregistered-by-update', async (stage, key) => {
    await registers(stage, key, {}, 0);
    await stage.writeManifest(key, { policy: 'approval' });
    const following = stage.deregister(key);
    await says(stage, 'approve', key, '--digest', (await pending(stage, key)).digest);
    ends(await following, 0);
  }),
  deregister('deregistered-after-a-lost-answer', async (stage, key) => {
    await registers(stage, key, {}, 0);
    await stage.control.faults([{ where: deletion, nth: 1, kind: 'status', status: 500 }]);
    const following = stage.deregister(key);
    await until(async () => ((await deletes(stage)).length > 0 ? true : undefined));
    await deleteDirectly(stage, key);
    ends(await following, 0);
  }),
  deregister('deregister-resolved', async (stage, key) => {
    await registers(stage, key, {}, 0);
    await stage.control.faults([{ where: 'snowflake:write', nth: 2, kind: 'refuse', code: '003001' }]);
    ends(await stage.deregister(key), 6);
    await resolves(stage, key, 'retry');
  }),
  deregister('deregister-unchanged', async (stage, key) => {
    await stage.writeManifest(key);
    ends(await stage.deregister(key), 0);
  }),
  plan('planned', async (stage, key) => {
    await stage.writeManifest(key);
    await says(stage, 'plan', key);
  }),
  plan('planned-removal', async (stage, key) => {
    await registers(stage, key, {}, 0);
    await says(stage, 'plan', key, '--deregister');
  }),
];

function register(name: string, play: RecordedRun['play']): RecordedRun {
  return { name, workflowType: 'registerConnection', play };
}

function deregister(name: string, play: RecordedRun['play']): RecordedRun {
  return { name, workflowType: 'deregisterConnection', play };
}

function plan(name: string, play: RecordedRun['play']): RecordedRun {
  return { name, workflowType: 'planConnection', play };
}

async function registers(stage: Stage, key: string, entry: ManifestEntry, exitCode: number): Promise<void> {
  await stage.writeManifest(key, entry);
  ends(await stage.register(key), exitCode);
}

/** A registration that asks for a decision, what is decided, and how it then ends. */
async function waiting(stage: Stage, key: string, decide: (digest: string) => Promise<void>, exitCode: number): Promise<void> {
  await stage.writeManifest(key, { policy: 'approval' });
  const following = stage.register(key);
  await decide((await pending(stage, key)).digest);
  ends(await following, exitCode);
}

async function resolves(stage: Stage, key: string, choice: string, ...options: string[]): Promise<void> {
  await says(stage, 'resolve', key, choice, '--comment', 'looked at it', ...options);
  await stage
    .handle(key)
    .result()
    .catch(() => undefined); // a compensated run ends as failed
}

async function says(stage: Stage, ...command: string[]): Promise<void> {
  const as = command[0] === 'plan' ? [] : ['--as', 'approver@example.com'];
  ends(await stage.mooring(...command, ...as), 0);
}

/** A path that ends in another way than its name says must not become a golden history. */
function ends({ exitCode, stderr }: { readonly exitCode: number | null; readonly stderr: string }, expected: number): void {
  if (exitCode !== expected) throw new Error(`ended with exit code ${exitCode} instead of ${expected}: ${stderr.slice(-600)}`);
}
