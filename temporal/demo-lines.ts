import type { ApprovalView } from '../src/contracts/status.ts';
import { sampleAnswer } from '../src/core/sample-answer.ts';
import { clean, indent, safeJson, shellWord } from '../src/client/cli/view/text.ts';
import { plain } from './demo-decisions.ts';
import { devNamespace } from './settings.ts';

export interface Shown {
  readonly agent: string;
  /** The line that runs the demo again, for the same agent. */
  readonly again: string;
  readonly uiAddress: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Whether the decision is made elsewhere, by a line that has to be told. */
  readonly decidedElsewhere: boolean;
}

/** What decides which agent goes on, and with what. Secrets are left to the shell that has them. */
const decisive = [
  'PERDURE_WORKSPACE',
  'PERDURE_DATA_DIR',
  'PERDURE_AGENTS_DIR',
  'PERDURE_TOOLS_DIR',
  'PERDURE_MODEL',
  'PERDURE_TASK_QUEUE',
  'OPENAI_BASE_URL',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'TEMPORAL_PROFILE',
  'TEMPORAL_CONFIG_FILE',
];

/** The command with the variables that it was run with, to be typed again. */
export function againLine(command: string, env: NodeJS.ProcessEnv): string {
  const given = decisive.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [`${name}=${shellWord(value)}`];
  });
  return [...given, command].join(' ');
}

/** All that a person needs for a decision; with the first one also where else to look, and what to try. */
export function approvalLines(approval: ApprovalView, shown: Shown, isFirst: boolean): string[] {
  const { id, subject, tool, args, facts, summary, form } = approval;
  const asked = subject === 'question' ? clean(summary) : `${subject}: ${tool} ${safeJson(args)}`;
  const known = Object.keys(facts).length === 0 ? [] : factLines(facts, isFirst);
  return [
    `? ${id} ${indent(asked, '    ').trimStart()}`,
    ...known,
    ...(form ? [`    The answer has these fields: ${safeJson(form.properties)}`] : []),
    ...(shown.decidedElsewhere ? decidingLines(approval, shown) : []),
    ...(isFirst ? placeLines(shown) : []),
  ];
}

function factLines(facts: ApprovalView['facts'], isFirst: boolean): string[] {
  if (!isFirst) return [`    facts ${safeJson(facts)}`];
  return [
    '    The facts, read from the trusted files; the model had no say in them:',
    indent(safeJson(facts, 2), '    '),
  ];
}

function placeLines({ agent, again, uiAddress, env }: Shown): string[] {
  const namespace = env['TEMPORAL_NAMESPACE'] ?? devNamespace;
  const page = `/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(agent)}`;
  return [
    '',
    ...(uiAddress === undefined ? [] : [`Temporal Web UI: ${uiAddress}${page}`]),
    `Try this: stop everything with Ctrl-C in the middle, run "${again}" again: it goes on.`,
    '',
  ];
}

/** The lines that decide it, for either command line. */
function decidingLines(approval: ApprovalView, { agent, env }: Shown): string[] {
  const { id, allowedDecisions, choices, form } = approval;
  const decision = allowedDecisions[0] ?? 'approve';
  const fields = decision === 'respond' && form ? sampleAnswer(form) : undefined;
  const message = decision === 'respond' && !form ? plain(choices?.[0] ?? 'your answer') : undefined;
  const address = env['TEMPORAL_ADDRESS'];
  const where = address === undefined ? [] : ['--address', address];
  const payload = {
    ...{ approval: id, decision, by: 'you' },
    ...(message === undefined ? {} : { message }),
    ...(fields ? { args: fields } : {}),
  };
  const answer = [
    ...(message === undefined ? [] : ['-m', message]),
    ...(fields ? ['--args', JSON.stringify(fields)] : []),
  ];
  const perdure = [decision, agent, id, ...answer, ...where];
  const temporal = ['--workflow-id', agent, '--name', 'decide', '--input', JSON.stringify(payload), ...where];
  return [
    `    It waits for a decision (${allowedDecisions.join(', ')}) from anywhere, such as one of these lines:`,
    `    perdure ${perdure.map(shellWord).join(' ')}`,
    `    temporal workflow update execute ${temporal.map(shellWord).join(' ')}`,
  ];
}
