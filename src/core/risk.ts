import { type Approval, Risk } from '../contracts/approval.ts';
import { mayActAs } from '../contracts/role.ts';
import type { ToolManifest } from '../contracts/tool.ts';

/** Of the fact `amount`, in whatever currency the tool counts in: about a petty cash, and about what nobody signs alone. */
const SOME_AMOUNT = 100;
const LARGE_AMOUNT = 10_000;

const ofEffect = { pure: 'low', idempotent: 'low', reconcilable: 'medium', once: 'high' } as const;

/**
 * How much a wrong yes may cost: the most of what the tool's effect class, the amount that the tool found in trusted data, and
 * the rule that asks say. What a model writes has no part in it.
 */
export function riskOf(
  approval: Pick<Approval, 'subject' | 'facts' | 'required' | 'notBy' | 'signedIn' | 'approvers'>,
  tool: Pick<ToolManifest, 'effect'> | undefined,
): Risk {
  const { subject } = approval;
  if (subject === 'question') return 'low';
  if (subject === 'unknown_outcome') return 'high';
  if (subject === 'budget') return 'medium';
  const effect = tool === undefined ? 'medium' : ofEffect[tool.effect];
  return highest([effect, ofAmount(approval.facts['amount']), ofRule(approval)]);
}

function ofAmount(amount: unknown): Risk {
  if (typeof amount !== 'number') return 'low';
  const size = Math.abs(amount);
  return size >= LARGE_AMOUNT ? 'high' : size >= SOME_AMOUNT ? 'medium' : 'low';
}

/** Who wrote a rule that wants several people, or particular ones, thought it worth their time. */
function ofRule({
  required,
  notBy,
  signedIn,
  approvers,
}: Pick<Approval, 'required' | 'notBy' | 'signedIn' | 'approvers'>): Risk {
  const isSenior = approvers?.role !== undefined && mayActAs(approvers.role, 'operator');
  return required > 1 || notBy !== undefined || signedIn === true || isSenior ? 'medium' : 'low';
}

function highest(risks: readonly Risk[]): Risk {
  const rank = Math.max(...risks.map((risk) => Risk.options.indexOf(risk)));
  return Risk.options[rank] ?? 'high';
}
