import type { BuildStatus, DeploymentStatus } from '../../deploy/status.ts';
import type { Colors } from '../output.ts';
import { clean, table } from './text.ts';

/** Ids beyond these are counted: `--json` has more, `perdure list --query` all. */
const MAX_IDS = 5;

/** Builds, who works for each, who holds it, and below that what is wrong or would be. */
export function deploymentView(status: DeploymentStatus, colors: Colors): string {
  const { deployment, taskQueue, current, ramping } = status;
  const head =
    deployment === undefined
      ? `Task queue ${taskQueue}: unversioned workers.`
      : `Deployment ${clean(deployment)} on task queue ${taskQueue}: ${
          current === undefined
            ? 'no current build, so agents go to unversioned workers'
            : `current build ${clean(current)}`
        }${ramping === undefined ? '' : `, ${ramping.percentage} % to ${clean(ramping.build)}`}.`;
  const rows = table(
    ['BUILD', 'STATE', 'WORKERS', 'AGENTS', 'PINNED', ''],
    status.builds.map((build) => [
      nameOf(build),
      build.state === 'unversioned' ? '-' : build.state,
      String(build.workers.length),
      String(build.agents.count),
      String(build.pinned),
      idsText(build),
    ]),
  );
  const notes = status.builds.flatMap((build) => [
    ...(build.stranded === undefined
      ? []
      : [`${colors.red('stranded')}  ${nameOf(build)}: ${build.stranded}`]),
    ...(build.warning === undefined
      ? []
      : [`${colors.yellow('beware')}    ${nameOf(build)}: ${build.warning}`]),
  ]);
  return [head, rows, ...notes].join('\n');
}

function nameOf({ build }: BuildStatus): string {
  return build === undefined ? 'unversioned' : clean(build);
}

function idsText({ agents: { count, ids } }: BuildStatus): string {
  const shown = ids.slice(0, MAX_IDS).map(clean);
  return count > shown.length ? `${shown.join(', ')} and ${count - shown.length} more` : shown.join(', ');
}
