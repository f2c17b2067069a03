import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { readKeyRing } from '../secrets/key-ring.js';
import { createSecretResolver } from '../secrets/secret-resolver.js';
import { createDataConverter } from '../temporal/data-converter.js';
import type { Activities } from './assemble.js';
import { readWorkerConfig, type WorkerConfig } from './config.js';
import { deferredActivities } from './deferred-activities.js';
import { tellRefusal, WorkerRefused } from './refusal.js';
import { requireNamespace } from './require-namespace.js';
import { installTelemetry } from './telemetry.js';

/** Each script holds a runner process of about 80 MB. */
const maxScripts = 20;

/** How long a run waits for the worker that has it in memory before any other may take it; the SDK's 10 s are felt after every crash. */
const stickyQueueScheduleToStartTimeout = '2s' as const;

/**
 * The SDK passes on one heartbeat in four fifths of a heartbeat timeout: one that is late then ends a step that looks (activities/keep-heard.ts). As
 * often as this, several may be late. A step that writes has its records.
 */
const maxHeartbeatThrottleInterval = '1s' as const;

const json = process.argv.includes('--json');
try {
  const config = readWorkerConfig(process.env, process.argv.slice(2));
  installTelemetry(config.logLevel, json);
  await serve(config);
} catch (error) {
  process.exit(tellRefusal(error, json));
}

/** Polls the queues of this role until the process is told to stop. */
async function serve(config: WorkerConfig): Promise<void> {
  const [codecKeys, scriptKeys] = await Promise.all([readKeyRing(config.codecKeysFile), readKeyRing(config.scriptKeysFile)]);
  const resolveSecret = createSecretResolver({
    environment: process.env,
    allowedNames: config.secretNames,
    allowedFolders: config.secretFolders,
    refusedFiles: [config.codecKeysFile, config.scriptKeysFile],
  });
  let loading: Promise<Activities> | undefined;
  const load = (): Promise<Activities> =>
    (loading ??= import('./assemble.js').then(({ assemble }) => assemble(config, process.env, scriptKeys, resolveSecret)));
  const activities = deferredActivities(load);
  const connection = await connect(config);
  const { namespace } = config.temporal;
  const dataConverter = createDataConverter(codecKeys, namespace);
  const common = { connection, namespace, dataConverter, stickyQueueScheduleToStartTimeout, maxHeartbeatThrottleInterval };
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
  if (json) process.stdout.write(`${JSON.stringify({ v: 1, role: config.role, taskQueues: workers.map(({ options }) => options.taskQueue) })}\n`);
  if (process.send !== undefined) {
    process.send('ready');
    process.once('disconnect', () => process.exit(0)); // whoever started us is gone
  }
  await Promise.all([...workers.map((worker) => worker.run()), load()]);
  await connection.close();
  if (process.connected) process.disconnect(); // an open channel would keep the process alive, with nothing left to do
}

/** A connection to a server that has what a worker needs. */
async function connect({ temporal }: WorkerConfig): Promise<NativeConnection> {
  const connection = await NativeConnection.connect(temporal.options).catch(() => {
    const next = 'Set TEMPORAL_ADDRESS to a running server, or start one with `mooring dev`.';
    throw new WorkerRefused('temporal-unreachable', `No Temporal server answers at ${temporal.address}.`, next);
  });
  await requireNamespace(connection, temporal);
  return connection;
}
