import { type Command, Option } from 'commander';
import { Role } from '../../contracts/role.ts';
import { examples, wholeNumber } from './arguments.ts';
import type { Run } from './session.ts';
import { statusLine } from './view/agent-view.ts';

interface Sender {
  readonly by?: string;
  readonly revision?: number;
}

/** What people do about approvals besides deciding them: claim one, and give leave ahead. */
export function registerOversight(program: Command, run: Run): void {
  registerClaim(program, run, 'claim', 'say that you are at an approval, so that others leave it alone');
  registerClaim(program, run, 'release', 'leave a claimed approval to others');
  registerReassign(program, run);
  registerGrant(program, run);
  registerRevoke(program, run);
}

function registerClaim(program: Command, run: Run, name: 'claim' | 'release', description: string): void {
  senderOptions(program.command(`${name} <id> <approval>`), 'approval')
    .description(description)
    .addHelpText('after', examples(`perdure ${name} a1 t3-1-9f2c11`))
    .action((id: string, approval: string, { by, ...rest }: Sender) =>
      run(async (session) => {
        const payload = { approval, by: by ?? session.user, ...rest };
        const status = await (await session.gateway()).send(id, name, payload);
        session.out.data(status, () => statusLine(status, Date.now()));
        return undefined;
      }),
    );
}

function registerReassign(program: Command, run: Run): void {
  senderOptions(program.command('reassign <id> <approval>'), 'approval')
    .description('hand an approval that you have claimed on, for an hour')
    .option('--to <name>', 'who is to decide')
    .addOption(
      new Option('--role <role>', 'whoever is signed in with this role or a stronger one')
        .choices(Role.options)
        .conflicts('to'),
    )
    .option('--reason <text>', 'why, for whoever looks later')
    .addHelpText(
      'after',
      examples(
        'perdure reassign a1 t3-1-9f2c11 --to bert',
        'perdure reassign a1 t3-1-9f2c11 --role operator',
      ),
    )
    .action(
      (
        id: string,
        approval: string,
        { by, ...rest }: Sender & { to?: string; role?: Role; reason?: string },
      ) =>
        run(async (session) => {
          const payload = { approval, by: by ?? session.user, ...rest };
          const status = await (await session.gateway()).send(id, 'reassign', payload);
          session.out.data(status, () => statusLine(status, Date.now()));
          return undefined;
        }),
    );
}

interface GrantOptions extends Sender {
  readonly until: string;
  readonly when?: string;
  readonly rule?: string;
  readonly uses?: number;
  readonly reason?: string;
}

function registerGrant(program: Command, run: Run): void {
  senderOptions(program.command('grant <id> <tool>'), 'agent')
    .description('let what the tool would ask about run without asking, until a time')
    .requiredOption('--until <time>', 'ISO 8601 with time zone, like 2027-01-08T18:00:00Z')
    .option('--when <condition>', 'only while this holds (CEL, as in definitions)')
    .option(
      '--rule <condition>',
      'only where this rule of the definition asks; by default every one of the tool',
    )
    .option('--uses <number>', 'how often at the most', wholeNumber)
    .option('--reason <text>', 'why, for whoever looks later')
    .addHelpText(
      'after',
      examples(`perdure grant a1 pay_invoice --when 'facts.amount <= 5000.0' --until 2027-01-08T18:00:00Z`),
    )
    .action((id: string, tool: string, { by, ...bounds }: GrantOptions) =>
      run(async (session) => {
        const payload = { tool, by: by ?? session.user, ...bounds };
        const status = await (await session.gateway()).send(id, 'grant', payload);
        session.out.data(status, () => {
          const grant = status.grants?.at(-1);
          return grant === undefined ? statusLine(status, Date.now()) : `grant ${grant.id} for ${grant.tool}`;
        });
        return undefined;
      }),
    );
}

function registerRevoke(program: Command, run: Run): void {
  senderOptions(program.command('revoke <id> <grant>'), 'agent')
    .description('take back a standing grant; `show` lists them')
    .option('--reason <text>', 'why, for whoever looks later')
    .addHelpText('after', examples('perdure revoke a1 g-1f2e3d4c'))
    .action((id: string, grant: string, { by, ...rest }: Sender & { reason?: string }) =>
      run(async (session) => {
        const payload = { grant, by: by ?? session.user, ...rest };
        const status = await (await session.gateway()).send(id, 'revoke', payload);
        session.out.data(status, () => statusLine(status, Date.now()));
        return undefined;
      }),
    );
}

function senderOptions(command: Command, looked: 'agent' | 'approval'): Command {
  return command
    .option('--by <name>', 'who does it (default: you)')
    .option('--revision <number>', `fail with a conflict when the ${looked} has changed since`, wholeNumber);
}
