import type { Command } from 'commander';
import type { JsonObject } from '../../contracts/json.ts';
import type { AnswerForm } from '../../contracts/form.ts';
import { canonicalJson } from '../../core/hash.ts';
import { sampleAnswer } from '../../core/sample-answer.ts';
import type { PendingApproval, PendingApprovals } from '../../contracts/answers.ts';
import { allApprovals } from './all-approvals.ts';
import { examples } from './arguments.ts';
import type { Run } from './session.ts';
import { peopleRows } from './view/people-view.ts';
import { clean, commandLine, oneLine } from './view/text.ts';
import { since, until } from './view/time.ts';
import { LINE_COLUMNS, valueLine, valueLines } from './view/values.ts';

/** The longest name of a row, `because` or `choices`. */
const LABEL_COLUMNS = 7;

export function registerApprovals(program: Command, run: Run): void {
  program
    .command('approvals [id]')
    .description('open approvals of one agent or of all, oldest first')
    .addHelpText('after', examples('perdure approvals', 'perdure approvals a1 --json'))
    .action((id: string | undefined) =>
      run(async (session) => {
        const gateway = await session.gateway();
        const pending = await (id === undefined ? allApprovals(gateway) : gateway.approvals(id));
        const { out } = session;
        out.data(out.format === 'jsonl' ? pending.approvals : pending, () =>
          approvalsText(pending, Date.now(), session.repeatedFlags),
        );
        for (const { agent, message } of pending.unanswered)
          out.note(`${clean(agent)} could not be asked: ${clean(message)}`);
        if (pending.more)
          out.note(
            'More agents wait than were asked, those that were started first: older approvals may be missing. Decide some, or name an agent.',
          );
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
  const { args, facts, requestedAt, expiresAt, onDeadline, rule, choices, form } = approval;
  const ends = approval.clockStopped
    ? ', the time stands while the agent is paused'
    : expiresAt === undefined
      ? ''
      : `, until ${until(expiresAt, now)}`;
  const then = onDeadline === undefined ? '' : `, then: ${onDeadline}`;
  const rows: (readonly [string, string])[] = [
    ['asked', `by ${clean(definition)} ${since(requestedAt, now)} ago${ends}${then}`],
    ...valueRows('args', args),
    ...(Object.keys(facts).length > 0 ? valueRows('facts', facts) : []),
    ...(rule === undefined ? [] : [['because', oneLine(rule, 200)] as const]),
    ...peopleRows(approval, now),
    ...(form ? formRows(form) : []),
    ...(choices ? [['choices', choices.map((choice) => valueLine(choice, 80)).join(', ')] as const] : []),
    ['decide', decidingLine(agent, approval, flags)],
    ['', `or ${approval.allowedDecisions.slice(1).join(', ')}`],
  ];
  return [
    `${clean(agent)} ${clean(approval.id)}: ${titleOf(approval)}`,
    ...rows.map(([name, text]) => `  ${name.padEnd(LABEL_COLUMNS)}  ${text}`),
  ].join('\n');
}

/** Arguments stand whole on lines of their own, so the title need not have them, or their beginning, too. */
function titleOf({ summary, tool, args }: PendingApproval['approval']): string {
  const at = summary.indexOf(`${tool} {`) + tool.length;
  const given = summary.slice(at + 1).replace(/\?$/, '');
  const repeats = at >= tool.length && canonicalJson(args).startsWith(given);
  return oneLine(
    repeats ? `${summary.slice(0, at)}${summary.startsWith('Allow ') ? '?' : ''}` : summary,
    300,
  );
}

function valueRows(name: string, value: JsonObject): (readonly [string, string])[] {
  const lines = valueLines(value, LINE_COLUMNS - LABEL_COLUMNS - 4);
  return lines.map((line, index) => [index === 0 ? name : '', line]);
}

/** A line for each field: what may stand there, and what it is for. */
function formRows({ properties, required = [] }: AnswerForm): (readonly [string, string])[] {
  return Object.entries(properties).map(([name, field], index) => {
    const { type, title, description, enum: choices, minimum, maximum } = field;
    const kind = choices ? choices.map((choice) => valueLine(choice, 40)).join(' | ') : type;
    const bounds = [
      ...(minimum === undefined ? [] : [`from ${minimum}`]),
      ...(maximum === undefined ? [] : [`to ${maximum}`]),
    ];
    const parts = [kind, ...bounds, ...(required.includes(name) ? [] : ['optional'])].join(' ');
    const about = [title, description].filter((text) => text !== undefined).join(': ');
    return [index === 0 ? 'form' : '', oneLine(`${name} (${parts})${about === '' ? '' : ` ${about}`}`, 300)];
  });
}

function decidingLine(
  agent: string,
  { id, allowedDecisions, form }: PendingApproval['approval'],
  flags: readonly string[],
): string {
  const first = allowedDecisions[0] ?? 'approve';
  const words = [first, agent, id, ...answerWords(first, form), ...flags];
  return commandLine(['perdure', ...words]);
}

function answerWords(decision: string, form: PendingApproval['approval']['form']): string[] {
  if (decision !== 'respond') return [];
  return form ? ['--args', JSON.stringify(sampleAnswer(form))] : ['-m', 'your answer'];
}
