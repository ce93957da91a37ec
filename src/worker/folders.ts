import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { messageOf } from './connection.ts';
import { ConfigurationError, type WorkerEnvironment } from './environment.ts';

/**
 * Makes the folders that agents write to. Fails if the worker can't write to its own; a workspace that can only be read is said, since
 * some agents only read.
 */
export function prepareFolders(
  {
    PERDURE_DATA_DIR: dataDir,
    PERDURE_AGENTS_DIR: agentsDir,
    PERDURE_WORKSPACE: workspace,
  }: WorkerEnvironment,
  warn: (line: string) => void,
): void {
  if (!existsSync(agentsDir))
    throw new ConfigurationError(`PERDURE_AGENTS_DIR: there is no folder ${agentsDir}`);
  make('PERDURE_DATA_DIR', dataDir);
  make('PERDURE_WORKSPACE', workspace);
  const noData = writingProblem(dataDir);
  if (noData !== undefined) throw unusable('PERDURE_DATA_DIR', dataDir, noData);
  const readOnly = writingProblem(workspace);
  if (readOnly !== undefined)
    warn(`nothing can be written to ${workspace}, the workspace (${readOnly}): tools that write there fail`);
}

function make(variable: string, folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw unusable(variable, folder, messageOf(error));
  }
}

function writingProblem(folder: string): string | undefined {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function unusable(variable: string, folder: string, reason: string): ConfigurationError {
  return new ConfigurationError(
    `${variable}: nothing can be written to ${folder} (${reason}). Let this process write there, or set it to another folder`,
  );
}
