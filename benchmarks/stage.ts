// What the benchmarks stand on: a real Temporal server, the simulators at 0 ms, and the two sides, each in worker processes of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { startSandbox, type Sandbox } from '../dev/sandbox.js';
import { SimulatorControl } from '../dev/simulator-control.js';
import { readKeyRing } from '../secrets/key-ring.js';
import { connectClient, type TemporalClient } from '../temporal/connect-client.js';
import { prepareNaked, type Naked } from './naked/start.js';

export interface Stage {
  readonly sandbox: Sandbox;
  readonly control: SimulatorControl;
  /** With the product's payload codec. */
  readonly temporal: TemporalClient;
  readonly naked: Naked;
  /** Name and version of the Temporal server. */
  readonly server: string;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const folder = await mkdtemp(join(tmpdir(), 'mooring-benchmark-'));
  const sandbox = await startSandbox({ folder });
  const temporal = await connectClient({ ...sandbox.commandEnvironment }, await readKeyRing(sandbox.codecKeysFile));
  const { serverVersion } = await temporal.client.workflowService.getSystemInfo({});
  const naked = await prepareNaked(sandbox.address, folder);
  return {
    sandbox,
    control: new SimulatorControl(sandbox.simulators.control.url),
    temporal,
    naked,
    server: `Temporal dev server ${serverVersion}, in memory`,
    async close() {
      await naked.stop();
      await temporal.close();
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
