import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { readKeyRing } from '../secrets/key-ring.js';
import { searchAttributeNames } from '../rules/search-attributes.js';
import { createDataConverter } from '../temporal/data-converter.js';
import { searchAttributeCure } from '../temporal/search-attributes.js';
import { readWorkerConfig, type WorkerConfig } from './config.js';
import { installTelemetry } from './telemetry.js';

/** Each script holds a runner process of about 80 MB. */
const maxScripts = 20;

/** How long a run waits for the worker that has it in memory before any other may take it; the SDK's 10 s are felt after every crash. */
const stickyQueueScheduleToStartTimeout = '2s' as const;

try {
  const config = readWorkerConfig(process.env, process.argv.slice(2));
  installTelemetry(config.logLevel);
  await serve(config);
} catch (error) {
  const { message = 'unknown', next = '' } = error as { message?: string; next?: string };
  process.stderr.write(`${message} ${next}\n`);
  process.exit(1);
}

/** Polls the queues of this role until the process is told to stop. */
async function serve(config: WorkerConfig): Promise<void> {
  const [codecKeys, scriptKeys] = await Promise.all([readKeyRing(config.codecKeysFile), readKeyRing(config.scriptKeysFile)]);
  // The steps and all they lean on are loaded while the server is asked.
  const [connection, { assemble }] = await Promise.all([connect(config), import('./assemble.js')]);
  const { namespace } = config.temporal;
  const activities = assemble(config, process.env, scriptKeys);
  const common = { connection, namespace, dataConverter: createDataConverter(codecKeys, namespace), stickyQueueScheduleToStartTimeout };
  const workers: Worker[] = [];
  if (config.role !== 'platform') {
    const workflowBundle = { codePath: fileURLToPath(new URL('../workflow-bundle.cjs', import.meta.url)) };
    workers.push(await Worker.create({ ...common, taskQueue: config.taskQueue, workflowBundle, activities: activities.immuta }));
  }
  if (config.role !== 'workflows') {
    workers.push(
      await Worker.create({
        ...common,
        taskQueue: `${config.taskQueue}-platform`,
        activities: activities.platform,
        maxConcurrentActivityTaskExecutions: maxScripts,
      }),
    );
  }
  if (process.send !== undefined) {
    process.send('ready');
    process.once('disconnect', () => process.exit(0)); // whoever started us is gone
  }
  await Promise.all(workers.map((worker) => worker.run()));
  await connection.close();
  if (process.connected) process.disconnect(); // an open channel would keep the process alive, with nothing left to do
}

async function connect({ temporal: { address, namespace, options } }: WorkerConfig): Promise<NativeConnection> {
  const connection = await NativeConnection.connect(options).catch(() => {
    throw Object.assign(new Error(`No Temporal server answers at ${address}.`), {
      next: 'Set TEMPORAL_ADDRESS to a running server, or start one with `mooring dev`.',
    });
  });
  await requireSearchAttributes(connection, namespace);
  return connection;
}

/** A run with an attribute the server does not know is refused at its start: better the worker says so, with what to paste. */
async function requireSearchAttributes(connection: NativeConnection, namespace: string): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace }).catch(() => undefined);
  if (known === undefined) return; // not everybody may ask, and Temporal Cloud answers elsewhere
  const missing = Object.values(searchAttributeNames).filter((name) => !(name in known.customAttributes));
  if (missing.length === 0) return;
  throw Object.assign(new Error(`The namespace "${namespace}" lacks the search attributes ${missing.join(', ')}.`), {
    next: searchAttributeCure(namespace, missing),
  });
}
