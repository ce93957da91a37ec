import type { Command } from 'commander';
import type { PendingApproval, PendingApprovals } from '../pending-approvals.ts';
import { examples } from './arguments.ts';
import type { Run } from './session.ts';
import { clean, compactJson, oneLine, shellWord } from './view/text.ts';
import { since, until } from './view/time.ts';

export function registerApprovals(program: Command, run: Run): void {
  program
    .command('approvals [id]')
    .description('open approvals of one agent or of all, oldest first')
    .addHelpText('after', examples('perdure approvals', 'perdure approvals a1 --json'))
    .action((id: string | undefined) =>
      run(async (session) => {
        const pending = await (await session.gateway()).approvals(id);
        const { out } = session;
        out.data(out.format === 'jsonl' ? pending.approvals : pending, () =>
          approvalsText(pending, Date.now(), session.repeatedFlags),
        );
        for (const { agent, message } of pending.unanswered)
          out.note(`${clean(agent)} could not be asked: ${clean(message)}`);
        if (pending.more) out.note('More agents wait than are listed; decide some, or name an agent.');
        return undefined;
      }),
    );
}

export function approvalsText(pending: PendingApprovals, now: number, flags: readonly string[]): string {
  if (pending.approvals.length > 0)
    return pending.approvals.map((item) => approvalText(item, now, flags)).join('\n\n');
  return pending.unanswered.length > 0 ? 'No approvals could be read.' : 'Nothing waits for a decision.';
}

/** Everything a decision needs: what is asked, exact arguments and facts, until when, and the line that decides. */
export function approvalText(
  { agent, definition, approval }: PendingApproval,
  now: number,
  flags: readonly string[],
): string {
  const { tool, args, facts, requestedAt, expiresAt, onDeadline, rule, choices } = approval;
  const first = approval.allowedDecisions[0] ?? 'approve';
  const words = [first, agent, approval.id, ...(first === 'respond' ? ['-m', 'your answer'] : []), ...flags];
  const ends = expiresAt === undefined ? '' : `, until ${until(expiresAt, now)}`;
  const then = onDeadline === undefined ? '' : `, then: ${onDeadline}`;
  return [
    `${clean(agent)} ${clean(approval.id)}: ${oneLine(approval.summary, 300)}`,
    `  ${clean(definition)} asked ${since(requestedAt, now)} ago${ends}${then}`,
    `  ${clean(tool)} ${compactJson(args, 2_000)}`,
    ...(Object.keys(facts).length > 0 ? [`  facts ${compactJson(facts, 2_000)}`] : []),
    ...(rule === undefined ? [] : [`  because ${oneLine(rule, 200)}`]),
    ...(choices ? [`  choices ${compactJson(choices, 500)}`] : []),
    `  ${approval.allowedDecisions.join(', ')}: ${clean(['perdure', ...words].map(shellWord).join(' '))}`,
  ].join('\n');
}
