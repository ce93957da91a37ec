import type { Command } from 'commander';
import type { JsonObject } from '../../contracts/json.ts';
import type { DecisionKind } from '../../contracts/messages.ts';
import { examples, jsonObject, wholeNumber } from './arguments.ts';
import type { Run } from './session.ts';
import { statusLine } from './view/agent-view.ts';

interface DecideOptions {
  readonly message?: string;
  readonly args?: JsonObject;
  readonly by?: string;
  readonly revision?: number;
}

const decisions: Readonly<Record<DecisionKind, { description: string; example: string }>> = {
  approve: { description: 'let the call run as it was proposed', example: 'approve a1 t3-1-9f2c11' },
  reject: {
    description: 'refuse the call; the agent is told why',
    example: 'reject a1 t3-1-9f2c11 -m "wrong supplier"',
  },
  edit: {
    description: 'let the call run with other arguments',
    example: `edit a1 t3-1-9f2c11 --args '{"path":"report.md"}'`,
  },
  respond: {
    description: 'answer in place of the call: to a question, or for something a person did',
    example: 'respond a1 t3-1-9f2c11 -m "done, reference 4711"',
  },
  ignore: { description: 'let the agent go on without the call', example: 'ignore a1 t3-1-9f2c11' },
};

export function registerDecisions(program: Command, run: Run): void {
  for (const kind of ['approve', 'reject', 'edit', 'respond', 'ignore'] as const)
    registerDecision(program, run, kind);
}

function registerDecision(program: Command, run: Run, decision: DecisionKind): void {
  const { description, example } = decisions[decision];
  const command = program
    .command(`${decision} <id> <approval>`)
    .description(description)
    .option('-m, --message <text>', 'reason or answer, for the agent to read')
    .option('--by <name>', 'who decides (default: you)')
    .option('--revision <number>', 'fail with a conflict when the approval has changed since', wholeNumber);
  if (decision === 'edit')
    command.requiredOption('--args <json>', 'the arguments to run it with', jsonObject);
  if (decision === 'respond')
    command.option('--args <json>', 'the fields, if the question has a form', jsonObject);
  command
    .addHelpText('after', examples(`perdure ${example}`))
    .action((id: string, approval: string, { by, ...rest }: DecideOptions) =>
      run(async (session) => {
        const payload = { approval, decision, by: by ?? session.user, ...rest };
        const status = await (await session.gateway()).send(id, 'decide', payload);
        session.out.data(status, () => statusLine(status, Date.now()));
        return undefined;
      }),
    );
}
