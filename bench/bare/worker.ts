import { NativeConnection, Worker } from '@temporalio/worker';
import { createBareActivities } from './activities.ts';

/** The worker of the plain workflow, with the SDK's own defaults but for what the last argument says. */
const [address, taskQueue, modelUrl, folder, bundle, stickyTimeout] = process.argv.slice(2);
if (
  address === undefined ||
  taskQueue === undefined ||
  modelUrl === undefined ||
  folder === undefined ||
  bundle === undefined
) {
  throw new Error('usage: worker.ts <address> <task queue> <model url> <folder> <bundle> [sticky timeout]');
}
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowBundle: { codePath: bundle },
  activities: createBareActivities(folder, modelUrl),
  ...(stickyTimeout === undefined ? {} : { stickyQueueScheduleToStartTimeout: stickyTimeout }),
});
await worker.run();
await connection.close();
