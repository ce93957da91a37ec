import type { Approval, Decision } from '../contracts/approval.ts';
import type { AgentState } from '../contracts/state.ts';
import { isKeptOf } from './agreed-words.ts';
import { callName, digest, type Line, note, type Step, textDigest } from './audit-line.ts';
import { manifestOf } from './manifest.ts';
import { withoutSecrets } from './redact.ts';

/** What people were asked and decided, and the leave that they gave ahead. */
export function peopleLines(step: Step): Line[] {
  return [...approvalLines(step), ...grantLines(step)];
}

function approvalLines(step: Step): Line[] {
  return step.after.approvals.flatMap((approval) => {
    const earlier = step.before.approvals.find(({ id }) => id === approval.id);
    if (earlier === approval) return [];
    const made = approval.decisions.slice(earlier?.decisions.length ?? 0);
    return [
      // A question about the budget is kept only once it has been decided.
      ...(earlier ? [] : [asked(step, approval)]),
      ...made.map((decision) => decided(step, approval, decision)),
      ...closed(step, approval, earlier),
    ];
  });
}

function asked({ after, values }: Step, approval: Approval): Line {
  const { id, subject, tool, turn, index, args, facts, rule, required, requestedAt } = approval;
  return {
    ...note(after, requestedAt, { what: 'approval.asked', approval: id }),
    ...(subject === 'budget' ? {} : { call: callName(turn, index), tool }),
    ...(rule === undefined ? {} : { why: rule }),
    args: digest(withoutSecrets(args, manifestOf(after, tool)?.inputSchema), values),
    facts: digest(facts, values),
    numbers: { required, expiresAt: approval.expiresAt },
    to: subject,
  };
}

function decided({ after, event, values }: Step, { id, tool, turn, index }: Approval, made: Decision): Line {
  const { decision, by: name, signedInAs, at, args } = made;
  const message = wholeMessage(event, made);
  return {
    ...note(after, at, {
      what: 'approval.decided',
      approval: id,
      tool,
      call: callName(turn, index),
      decision,
    }),
    who: { name, ...(signedInAs === undefined ? {} : { signedInAs }) },
    ...(args ? { args: digest(withoutSecrets(args, schemaOf(after, tool)), values) } : {}),
    // What answers a question is what the agent asked for; every other message is a reason.
    ...(message === undefined ? {} : answerOrReason(decision, message, values)),
  };
}

/** What is kept of a yes beside others may be its beginning only. */
function wholeMessage(event: Step['event'], { message }: Decision): string | undefined {
  if (event.type !== 'message-received' || event.message.name !== 'decide') return message;
  const said = event.message.payload.message;
  return isKeptOf(message, said) ? said : message;
}

function answerOrReason(decision: string, message: string, values: boolean): Partial<Line> {
  return decision === 'respond' ? { said: textDigest(message, values) } : { why: message };
}

function schemaOf(state: AgentState, tool: string) {
  return manifestOf(state, tool)?.inputSchema;
}

function closed({ after, event }: Step, approval: Approval, earlier: Approval | undefined): Line[] {
  const { id, tool, turn, index, status } = approval;
  if (status === 'open' || status === 'decided' || status === earlier?.status) return [];
  const line = {
    what: 'approval.closed',
    approval: id,
    tool,
    call: callName(turn, index),
    to: status,
  } as const;
  return [note(after, event.at, line)];
}

function grantLines({ before, after, event }: Step): Line[] {
  return after.standing.flatMap((grant) => {
    const earlier = before.standing.find(({ id }) => id === grant.id);
    const { id, tool, rule, when, by: name, signedInAs, until, uses, reason, revoked } = grant;
    if (!earlier)
      return [
        note(after, event.at, {
          ...{ what: 'grant.given', grant: id, tool },
          who: { name, ...(signedInAs === undefined ? {} : { signedInAs }) },
          why: [rule, when, reason].filter((part) => part !== undefined).join('; '),
          numbers: { until, ...(uses === undefined ? {} : { uses }) },
        }),
      ];
    if (!revoked || earlier.revoked) return [];
    return [note(after, event.at, { what: 'grant.revoked', grant: id, tool, who: { name: revoked.by } })];
  });
}
