import type { PolicyRule } from '../contracts/definition.ts';
import { durationMs } from '../contracts/duration.ts';
import { APPROVAL_DEADLINE_MS } from './bounds.ts';
import { isBuiltIn } from './built-in-tools.ts';
import { conditionProblem } from './condition.ts';
import { mostDeciders } from './people.ts';

/** A mistake in a rule, and the field below it. */
export interface RuleProblem {
  readonly field: readonly (string | number)[];
  readonly message: string;
}

/** What is wrong with a rule of a tool beyond its form: what would never happen, or could never be met. */
export function ruleProblems(tool: string, rule: PolicyRule): RuleProblem[] {
  const { when } = rule;
  const condition = when === undefined ? undefined : conditionProblem(when);
  return [
    ...(condition === undefined ? [] : [{ field: ['when'], message: condition }]),
    ...(rule.notify === true && (rule.mode !== 'auto' || isBuiltIn(tool))
      ? [{ field: ['notify'], message: 'only of a tool that runs without being asked about' }]
      : []),
    ...(isAsking(tool, rule) ? approverProblems(tool, rule) : unaskedProblems(rule)),
  ];
}

/** Questions are asked of people whatever the mode. */
function isAsking(tool: string, { mode }: PolicyRule): boolean {
  return mode === 'approve' || mode === 'suggest' || tool === 'ask_human';
}

function unaskedProblems(rule: PolicyRule): RuleProblem[] {
  return (['approvers', 'remind', 'escalate'] as const)
    .filter((field) => rule[field] !== undefined)
    .map((field) => ({ field: [field], message: `nobody is asked where the mode is ${rule.mode}` }));
}

function approverProblems(
  tool: string,
  { mode, approvers, escalate = [], deadline }: PolicyRule,
): RuleProblem[] {
  const { people, role, quorum = 1 } = approvers ?? {};
  const most = mostDeciders({ people, role, escalate });
  const problems: RuleProblem[] = [];
  if (quorum > 1 && (tool === 'ask_human' || mode === 'suggest'))
    problems.push({ field: ['approvers', 'quorum'], message: 'only an approval can need several people' });
  if (quorum > 1 && most < quorum)
    problems.push({ field: ['approvers', 'quorum'], message: `${quorum} of ${most} people can't agree` });
  const lastsMs = deadline ? durationMs(deadline.after) : APPROVAL_DEADLINE_MS;
  escalate.forEach((step, index) => {
    if ((step.people ?? step.role) === undefined)
      problems.push({ field: ['escalate', index], message: 'give people or a role' });
    if ((people ?? role) === undefined)
      problems.push({ field: ['escalate', index], message: 'anybody may decide already' });
    if (deadline?.outcome !== 'ask' && durationMs(step.after) >= lastsMs)
      problems.push({ field: ['escalate', index, 'after'], message: 'the deadline comes first' });
  });
  return problems;
}
