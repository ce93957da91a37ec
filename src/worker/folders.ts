import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { ConfigurationError, type WorkerEnvironment } from './environment.ts';

/** Makes the folders that agents write to, and fails if nothing can be written there: every call would, one after the other. */
export function prepareFolders({
  PERDURE_DATA_DIR: dataDir,
  PERDURE_AGENTS_DIR: agentsDir,
  PERDURE_WORKSPACE: workspace,
}: WorkerEnvironment): void {
  if (!existsSync(agentsDir))
    throw new ConfigurationError(`PERDURE_AGENTS_DIR: there is no folder ${agentsDir}`);
  for (const [variable, folder] of Object.entries({
    PERDURE_DATA_DIR: dataDir,
    PERDURE_WORKSPACE: workspace,
  })) {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigurationError(
        `${variable}: nothing can be written to ${folder} (${reason}). Let this process write there, or set it to another folder`,
      );
    }
  }
}
