import type { Explanation } from '../../../contracts/explanation.ts';
import type { ApprovalItem, CallItem } from '../../../contracts/timeline.ts';
import type { Colors } from '../output.ts';
import { costText, length } from './item-words.ts';
import { person } from './people-view.ts';
import { clean, indent, oneLine } from './text.ts';
import { valueLines } from './values.ts';

/** The first column, and what is left for the second of a terminal of 80. */
const NAME_COLUMNS = 12;
const WORD_COLUMNS = 66;
/** A reply or a result that is longer is in the timeline whole. */
const MAX_WORDS = 1_200;

type Row = readonly [string, string];

/** The chain that led to a call, in words from top to bottom. */
export function explanationView(explanation: Explanation, colors: Colors): string {
  const { agent, call, item } = explanation;
  const rows: Row[] = [
    ...asked(explanation),
    ...replied(explanation),
    ...judged(item),
    ...explanation.approvals.flatMap(decided),
    ...explanation.waits.map(({ wait, summary, endedBy }): Row => {
      const end = endedBy ? `; ended by ${endedBy.cause}` : '';
      return ['waited', `${wait.replaceAll('_', ' ')}: ${summary}${end}`];
    }),
    ...ran(item),
  ];
  const title = `${clean(item.name)}, call ${call} of agent ${clean(agent)}: ${statusText(item)}`;
  return [colors.bold(title), ...rows.map(([name, text]) => rowText(name, text, colors))].join('\n');
}

function statusText({ status, outcome }: CallItem): string {
  if (!outcome) return status;
  return outcome.ok ? 'done' : `failed with ${outcome.error.type}`;
}

function rowText(name: string, text: string, colors: Colors): string {
  const shown = text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS)} …` : text;
  const lines = wrapped(clean(shown));
  const pad = ' '.repeat(NAME_COLUMNS + 2);
  return `  ${colors.dim(name.padEnd(NAME_COLUMNS))}${indent(lines.join('\n'), pad).trimStart()}`;
}

/** Lines that break between words where there are any. */
function wrapped(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let rest = line;
    while (rest.length > WORD_COLUMNS) {
      const at = rest.lastIndexOf(' ', WORD_COLUMNS);
      const end = at > 0 ? at : WORD_COLUMNS;
      lines.push(rest.slice(0, end));
      rest = rest.slice(end).trimStart();
    }
    return [...lines, rest];
  });
}

function asked({ requester: by, requesterSignedInAs: signedInAs, goal, messages }: Explanation): Row[] {
  return [
    ['goal', `${by === undefined ? '' : `${person({ by, signedInAs })}: `}${goal || 'Begin.'}`],
    ...messages.map(({ what, by: sender, signedInAs: role, text, name, payload }): Row => {
      const said = what === 'event' ? `event ${name ?? ''} ${JSON.stringify(payload ?? null)}` : (text ?? '');
      if (sender === undefined) return [what, said];
      return [what, `${what === 'notice' ? sender : person({ by: sender, signedInAs: role })}: ${said}`];
    }),
  ];
}

function replied({ model, item: { turn } }: Explanation): Row[] {
  if (!model?.reply) return [['asked by', 'the crew, without a model']];
  const { text, reasoning, calls } = model.reply;
  const took = model.endedAt === undefined ? '' : `, ${length(model.endedAt - model.at)}`;
  return [
    ['turn', `${turn}, ${model.reply.model}: ${costText(model)}${took}`],
    ...(reasoning === undefined ? [] : [['reasoning', reasoning] as const]),
    ['reply', text.trim() === '' ? `no words, ${calls} calls` : text],
  ];
}

function judged({ args: { proposed }, verdicts }: CallItem): Row[] {
  const given = proposed.type === 'parsed' ? values(proposed.value) : `no JSON object: ${proposed.reason}`;
  return [
    ['proposed', given],
    ...verdicts.flatMap(({ mode, reason, rule, facts }): Row[] => [
      ...(Object.keys(facts).length > 0 ? [['facts', values(facts)] as const] : []),
      ['policy', rule === undefined ? `${mode}: ${reason}` : `${mode}, by rule ${rule}: ${reason}`],
    ]),
    ...(verdicts.length === 0 ? [['policy', 'was not asked'] as const] : []),
  ];
}

function decided({ approval: { id, status, required, decisions } }: ApprovalItem): Row[] {
  return [
    ['approval', `${id} ${status}${required > 1 ? `, ${required} must agree` : ''}`],
    ...decisions.map((made): Row => {
      const said = made.message === undefined ? '' : `: ${oneLine(made.message, 300)}`;
      return ['', `${made.decision} by ${person(made)}${said}`];
    }),
  ];
}

function ran({ args: { edited, executed }, leave, key, effect, steps, outcome, status }: CallItem): Row[] {
  const step = steps.at(-1);
  const attempts = step && step.attempts > 1 ? `, attempt ${step.attempts}` : '';
  const failed = step?.lastFailure ? `, before: ${step.lastFailure.type}: ${step.lastFailure.message}` : '';
  return [
    ...(edited ? [['edited', values(edited)] as const] : []),
    ...(leave
      ? [['leave', `${leave.grant === true ? 'given ahead ' : ''}by ${oneLine(leave.by, 200)}`] as const]
      : []),
    ...(executed ? [['ran with', values(executed)] as const] : []),
    ['effect', `${effect}${attempts}${failed}`],
    ['key', key],
    ['result', outcome ? resultOf(outcome) : `none: ${status}`],
  ];
}

function resultOf(outcome: NonNullable<CallItem['outcome']>): string {
  if (!outcome.ok) return `${outcome.error.type}: ${outcome.error.message}`;
  const by = outcome.doneBy === undefined ? '' : `done by ${outcome.doneBy}: `;
  return `${by}${typeof outcome.result === 'string' ? outcome.result : JSON.stringify(outcome.result)}`;
}

function values(value: Readonly<Record<string, unknown>>): string {
  return valueLines(value, WORD_COLUMNS).join('\n');
}
