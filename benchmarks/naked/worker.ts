// The smallest worker on two queues with a prebuilt bundle. It says `ready` over IPC as the product's does.
import { NativeConnection, Worker } from '@temporalio/worker';
import { immutaActivities, platformActivities } from './activities.js';

const [address, codePath, taskQueue] = process.argv.slice(2);
if (address === undefined || codePath === undefined || taskQueue === undefined) throw new TypeError('usage: worker <address> <bundle> <task queue>');

const connection = await NativeConnection.connect({ address });
const workers = [
  await Worker.create({ connection, taskQueue, workflowBundle: { codePath }, activities: immutaActivities }),
  await Worker.create({ connection, taskQueue: `${taskQueue}-platform`, activities: platformActivities }),
];
process.send?.('ready');
process.once('disconnect', () => workers.forEach((worker) => worker.shutdown())); // whoever started us is gone
await Promise.all(workers.map((worker) => worker.run()));
await connection.close();
