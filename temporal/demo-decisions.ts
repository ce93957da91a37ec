import { isCancel, select, text } from '@clack/prompts';
import type { Gateway } from '../src/client/gateway.ts';
import { GatewayError } from '../src/client/gateway-error.ts';
import type { Json, JsonObject } from '../src/contracts/json.ts';
import type { DecisionKind } from '../src/contracts/messages.ts';
import type { ApprovalView } from '../src/contracts/status.ts';
import { sampleAnswer } from '../src/core/sample-answer.ts';

/** A decision without who makes it. */
export interface Answer {
  readonly decision: DecisionKind;
  readonly message?: string;
  readonly args?: unknown;
}

/**
 * Decides one approval: an answer, `later` when nothing can be decided here, `stop` when the person wants to leave.
 * `wasRefused`: an answer to this approval, as it is now, has been refused already.
 */
export type Decider = (
  approval: ApprovalView,
  isStillOpen: () => Promise<boolean>,
  wasRefused?: boolean,
) => Promise<Answer | 'later' | 'stop'>;

const lookIntervalMs = 1_000;

/** Sends a decision for exactly what was shown, and answers with why it does not count: somebody else may have been faster. */
export async function sendDecision(
  gateway: Pick<Gateway, 'send'>,
  agent: string,
  approval: ApprovalView,
  answer: Answer & { readonly by: string },
): Promise<GatewayError | undefined> {
  try {
    await gateway.send(agent, 'decide', { approval: approval.id, revision: approval.revision, ...answer });
    return undefined;
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

/** Decides as a careful clerk would who knows nothing but the facts, and who leaves to others what is not theirs to decide. */
export const decideAlone: Decider = (approval, _isStillOpen, wasRefused = false) =>
  Promise.resolve(wasRefused ? 'later' : fitting(approval, clerk(approval)));

/** Answers that change nothing for good, whichever of them a question offers. */
const carefulAnswers = ['hold', 'watch'];

function clerk({ subject, facts, tool, choices = [], form }: ApprovalView): Answer {
  switch (subject) {
    case 'question': {
      if (form) return { decision: 'ignore', message: 'the demo knows nothing to fill in' };
      const offered = carefulAnswers.find((answer) => choices.includes(answer));
      return { decision: 'respond', message: offered ?? 'hold' };
    }
    case 'suggestion':
      return { decision: 'respond', message: `not done by the demo: ${tool} needs a person who verifies it` };
    case 'unknown_outcome':
      // The call keeps its key, so that the ledger recognises a payment that was made after all.
      return { decision: 'approve' };
    case 'budget':
      // Each limit that is reached would grow by half, for ever, with nobody who sees what it costs.
      return { decision: 'reject', message: 'the demo extends no budget by itself' };
    case 'tool': {
      const findings = Array.isArray(facts['findings']) ? facts['findings'] : [];
      if (findings.length === 0) return { decision: 'approve' };
      return { decision: 'reject', message: `the facts have findings: ${findings.map(String).join(', ')}` };
    }
  }
}

/** What the approval allows comes first; every kind allows at least one way to say no. */
function fitting({ allowedDecisions }: ApprovalView, wanted: Answer): Answer {
  if (allowedDecisions.includes(wanted.decision)) return wanted;
  const decision = (['ignore', 'reject', 'respond'] as const).find((kind) => allowedDecisions.includes(kind));
  return {
    decision: decision ?? wanted.decision,
    message: wanted.message ?? 'the demo does not decide this',
  };
}

const labels: Readonly<Record<DecisionKind, string>> = {
  approve: 'Approve: do it',
  edit: 'Edit: do it with other arguments',
  reject: 'Reject, with a reason',
  respond: 'Answer, or report what you did yourself',
  ignore: 'Ignore: go on without it',
};

/** Asks the person at the terminal. The question disappears when somebody else decides it. */
export const askAtTerminal: Decider = async (approval, isStillOpen) => {
  const gone = new AbortController();
  const timer = setInterval(() => {
    void isStillOpen().then((open) => {
      if (!open) gone.abort();
    });
  }, lookIntervalMs);
  try {
    const answer = await ask(approval, gone.signal);
    if (gone.signal.aborted) return 'later';
    return answer ?? 'stop';
  } finally {
    clearInterval(timer);
  }
};

/** A choice as a person reads and types it. */
export function plain(choice: Json): string {
  return typeof choice === 'string' ? choice : JSON.stringify(choice);
}

async function ask(approval: ApprovalView, signal: AbortSignal): Promise<Answer | undefined> {
  const { choices = [], allowedDecisions, form } = approval;
  const chosen = await select<Answer | DecisionKind>({
    message: `Your decision on ${approval.tool} (${approval.id})`,
    signal,
    options: [
      ...choices.map((choice) => ({
        value: { decision: 'respond' as const, message: plain(choice) },
        label: `Answer: ${plain(choice)}`,
      })),
      ...allowedDecisions.map((decision) => ({ value: decision, label: labels[decision] })),
    ],
  });
  if (isCancel(chosen)) return undefined;
  if (typeof chosen === 'object') return chosen;
  switch (chosen) {
    case 'approve':
    case 'ignore':
      return { decision: chosen };
    case 'reject':
    case 'respond': {
      if (chosen === 'respond' && form) return askJson(chosen, 'The fields', sampleAnswer(form), signal);
      const message = await askText(chosen === 'reject' ? 'Why not?' : 'Your answer', '', signal);
      return message === undefined ? undefined : { decision: chosen, message };
    }
    case 'edit':
      return askJson(chosen, 'The arguments', approval.args, signal);
  }
}

async function askJson(
  decision: DecisionKind,
  what: string,
  initial: JsonObject,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const given = await askText(`${what}, as JSON`, JSON.stringify(initial), signal, parseProblem);
  return given === undefined ? undefined : { decision, args: JSON.parse(given) };
}

async function askText(
  message: string,
  initialValue: string,
  signal: AbortSignal,
  problem: (value: string) => string | undefined = () => undefined,
): Promise<string | undefined> {
  const validate = (value: string | undefined): string | undefined =>
    value === undefined || value.trim() === '' ? 'Write something.' : problem(value);
  const answer = await text({ message, initialValue, signal, validate });
  return isCancel(answer) ? undefined : answer;
}

function parseProblem(value: string): string | undefined {
  try {
    JSON.parse(value);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
