import { access, constants, mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runCommand } from '../../temporal/command.ts';
import { SetupError, say } from '../../temporal/setup-error.ts';

/** What a production server is made of, as paths of programs. */
export interface ClusterPrograms {
  readonly temporalServer: string;
  readonly sqlTool: string;
  readonly postgres: string;
  readonly initdb: string;
  readonly pgIsReady: string;
}

/** The version that `temporal/cluster/compose.yaml` names too; a test compares them. */
export const serverVersion = '1.32.0';
const composeVersion = '2.16.2';

const toolsDir = join(import.meta.dirname, '../../.tools');
/** Where Debian and its kin keep what is not on the PATH. */
const debianFolder = '/usr/lib/postgresql';
/** Hundreds of packages are fetched and compiled; the server took 13 minutes of two cores that others used as well. */
const buildTimeoutMs = 60 * 60_000;
const versionTimeoutMs = 10_000;

/** Finds the programs, and builds Temporal's if that has not been done. A missing one is named with its installation. */
export async function clusterPrograms(): Promise<ClusterPrograms> {
  const postgres = await postgresPrograms();
  const folder = join(toolsDir, `temporal-server-${serverVersion}`);
  const module = 'go.temporal.io/server/cmd';
  const sqlTool = await built(folder, `${module}/tools/sql`, serverVersion);
  const temporalServer = await built(folder, `${module}/server`, serverVersion);
  return { temporalServer, sqlTool, ...postgres };
}

/** The Compose specification's own reference program, which says what is wrong with a file. */
export function composeCheck(): Promise<string> {
  const folder = join(toolsDir, `compose-go-${composeVersion}`);
  return built(folder, 'github.com/compose-spec/compose-go/v2/cmd', composeVersion);
}

async function postgresPrograms(): Promise<Pick<ClusterPrograms, 'postgres' | 'initdb' | 'pgIsReady'>> {
  const versions = await readdir(debianFolder).catch(() => []);
  const folders = [
    ...(process.env['PATH'] ?? '').split(':'),
    ...versions.map((name) => join(debianFolder, name, 'bin')),
  ];
  for (const candidate of folders) {
    const programs = {
      postgres: join(candidate, 'postgres'),
      initdb: join(candidate, 'initdb'),
      pgIsReady: join(candidate, 'pg_isready'),
    };
    const found = await Promise.all(Object.values(programs).map(isProgram));
    if (found.every(Boolean)) return programs;
  }
  throw new SetupError(
    'PostgreSQL is not installed: run "apt-get install postgresql", or see postgresql.org.',
  );
}

/** The program of a Go package, which bears its last name; builds it once. */
async function built(folder: string, path: string, version: string): Promise<string> {
  const program = join(folder, basename(path));
  if (await isProgram(program)) return program;
  const go = await runCommand('go', ['version'], versionTimeoutMs);
  if (!go.ok)
    throw new SetupError(
      'Go is not installed, which builds the Temporal server: run "apt-get install golang-go" (1.21 or newer fetches the version that is needed), or see go.dev.',
    );
  await mkdir(folder, { recursive: true });
  const source = `${path}@v${version}`;
  say(`Building ${source} (once) ...`);
  const answer = await runCommand('env', [`GOBIN=${folder}`, 'go', 'install', source], buildTimeoutMs);
  if (!answer.ok) throw new SetupError(`"go install ${source}" failed: ${answer.lastLines}`);
  return program;
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
