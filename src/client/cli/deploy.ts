import { type Command, InvalidArgumentError } from 'commander';
import { GatewayError } from '../gateway-error.ts';
import type { Route } from '../deploy/set-current.ts';
import { examples } from './arguments.ts';
import { confirmed } from './confirm.ts';
import type { Run, Session } from './session.ts';
import { deploymentView } from './view/deployment-view.ts';

interface RouteOptions {
  readonly deployment?: string;
  readonly ignoreStranded?: boolean;
  readonly yes?: boolean;
}

export function registerDeploy(program: Command, run: Run): void {
  const deploy = program
    .command('deploy')
    .description(
      'builds of versioned workers: which there are, which agents hold them, which one is current',
    );
  deploy
    .command('status')
    .description('current build, workers and agents of each, and what strands or would strand agents')
    .option('--deployment <name>', 'PERDURE_DEPLOYMENT, or the only one that there is')
    .addHelpText('after', examples('perdure deploy status', 'perdure deploy status --json'))
    .addHelpText('after', '\nExit codes: 0 when no agent is stranded, 1 when one is.')
    .action((options: { deployment?: string }) =>
      run(async (session) => {
        const status = await (await session.gateway()).deployment(nameOf(options));
        session.out.data(status, () => deploymentView(status, session.out.colors));
        return status.builds.some(({ stranded }) => stranded !== undefined) ? 1 : undefined;
      }),
    );
  routeCommand(deploy, 'set-current [build]', 'sends new agents, and all that are not pinned, to a build')
    .option('--unversioned', 'instead of a build: workers without a version')
    .addHelpText('after', examples('perdure deploy set-current 2026-11-25 --yes'))
    .action((build: string | undefined, options: RouteOptions & { unversioned?: boolean }) =>
      run((session) => {
        if ((build === undefined) === (options.unversioned !== true))
          throw new GatewayError('Invalid', 'Name a build, or say --unversioned.');
        return route(session, options, { build: build ?? '' });
      }),
    );
  routeCommand(deploy, 'ramp <build>', 'sends a part of the agents to a build, to try it')
    .requiredOption('--percent <number>', 'how many of a hundred; 0 ends it', percent)
    .addHelpText('after', examples('perdure deploy ramp 2026-11-25 --percent 5 --yes'))
    .action((build: string, options: RouteOptions & { percent: number }) =>
      run((session) => route(session, options, { build, percentage: options.percent })),
    );
}

function routeCommand(deploy: Command, name: string, description: string): Command {
  return deploy
    .command(name)
    .description(description)
    .option('--deployment <name>', 'PERDURE_DEPLOYMENT, or the only one that there is')
    .option('--ignore-stranded', 'although agents are pinned to a build without workers')
    .option('-y, --yes', 'do not ask');
}

async function route(
  session: Session,
  options: RouteOptions,
  wanted: Pick<Route, 'build' | 'percentage'>,
): Promise<number | undefined> {
  const { build, percentage } = wanted;
  const target = build === '' ? 'unversioned workers' : `build ${build}`;
  const share = percentage === undefined ? 'all agents that are not pinned' : `${percentage} % of agents`;
  if (options.yes !== true && !(await confirmed(session, `send ${share} to ${target}`))) {
    session.out.note('Nothing was changed.');
    return 1;
  }
  const deployment = nameOf(options);
  const status = await (
    await session.gateway()
  ).route({
    ...wanted,
    ...(deployment === undefined ? {} : { deployment }),
    ignoreStranded: options.ignoreStranded ?? false,
  });
  session.out.data(status, () => deploymentView(status, session.out.colors));
  return undefined;
}

function nameOf({ deployment }: { deployment?: string }): string | undefined {
  // An empty variable means that it is not set, here as in the worker.
  return deployment ?? (process.env['PERDURE_DEPLOYMENT'] || undefined);
}

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('It must be a number from 0 to 100.');
  return value;
}
