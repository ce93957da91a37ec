import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DevServer, startDevServer } from '../../temporal/dev-server.ts';

/** A dev server of one test's own. */
export interface TestDevServer {
  readonly server: DevServer;
  /** Holds its database and its log; a test may start another server on the same database. */
  readonly folder: string;
  readonly dbFilename: string;
  readonly logFile: string;
  /** Stops the server and removes the folder. Safe to call for a server that was killed. */
  readonly dispose: () => Promise<void>;
}

/** Starts Temporal's dev server on a free port with its database in a temporary folder. Call `dispose` in `after`. */
export async function startTestDevServer(): Promise<TestDevServer> {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-dev-server-'));
  const dbFilename = join(folder, 'temporal.db');
  const logFile = join(folder, 'temporal.log');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const server = await startDevServer({ dbFilename, logFile });
    const dispose = async (): Promise<void> => {
      await server.stop();
      await remove();
    };
    return { server, folder, dbFilename, logFile, dispose };
  } catch (error) {
    await remove();
    throw error;
  }
}
