import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createBareActivities } from './activities.ts';
import { bareTaskQueue } from './task-queue.ts';

/** The worker of the plain workflow, with the SDK's own defaults. Arguments: server, model server, folder. */
const [address, modelUrl, folder] = process.argv.slice(2);
if (address === undefined || modelUrl === undefined || folder === undefined) {
  throw new Error('usage: worker.ts <address> <model url> <folder>');
}
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue: bareTaskQueue,
  workflowsPath: fileURLToPath(new URL('./workflow.ts', import.meta.url)),
  activities: createBareActivities(folder, modelUrl),
});
await worker.run();
await connection.close();
