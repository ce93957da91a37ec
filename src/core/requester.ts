import type { PolicyRule } from '../contracts/definition.ts';
import type { AgentStart } from '../contracts/start.ts';
import type { AgentState } from '../contracts/state.ts';
import { Vouch } from '../contracts/vouch.ts';
import { MAX_START_SEAL_MS } from './bounds.ts';
import { isSealed } from './seal.ts';

/** What Temporal itself says of how an agent began. */
export interface Beginning {
  /** When it was asked for, in milliseconds since the epoch. */
  readonly askedAt: number;
  /** The workflow that started it; nobody can claim that in an argument. */
  readonly startedBy?: string | undefined;
}

/**
 * What a new agent keeps of the word that somebody gives for its requester. A seal is looked at when the definition is known, and with it
 * whom to trust; one that was given long before or after the start is that of another start, sent once more.
 */
export function vouchedAtStart(
  start: AgentStart,
  value: unknown,
  { askedAt, startedBy }: Beginning,
): Pick<AgentState, 'startSeal' | 'requesterSignedInAs'> {
  const parsed = Vouch.safeParse(value);
  if (!parsed.success) return {};
  const { seal, signedInAs } = parsed.data;
  const isChild = start.parent !== undefined && start.parent.agent === startedBy && start.fork === undefined;
  if (isChild) return signedInAs === undefined ? {} : { requesterSignedInAs: signedInAs };
  const isFresh = seal !== undefined && Math.abs(seal.at - askedAt) <= MAX_START_SEAL_MS;
  return isFresh && start.requester !== undefined ? { startSeal: seal } : {};
}

/** Once it is known whom to trust: whether an admin server vouches for who asked, and since when seals may be for this agent. */
export function withRequester(state: AgentState): AgentState {
  const { startSeal: seal, askedAt, ...rest } = state;
  const { trusted, datesSeals } = state.definition ?? {};
  const known = datesSeals && askedAt !== undefined ? { ...rest, askedAt } : rest;
  return seal &&
    trusted &&
    isSealed({ agent: state.agentId, name: 'start', payload: state.start, seal }, trusted)
    ? { ...known, requesterSignedInAs: seal.role }
    : known;
}

/**
 * Four eyes among people who are signed in, and nobody vouches for who asked: then nobody is known to be somebody else, so two different
 * people decide, of whom one at least did not ask. Where a name is believed of those who decide, it is of the requester as well.
 */
export function wantsTwo(state: AgentState, rule: PolicyRule | undefined): boolean {
  const { people, role, fourEyes, signedIn } = rule?.approvers ?? {};
  const isVouched = signedIn === true || (role !== undefined && people === undefined);
  return (
    fourEyes === true &&
    isVouched &&
    state.definition?.provesRequesters === true &&
    state.requesterSignedInAs === undefined
  );
}

/** How many people must say yes to what a rule asks about. */
export function requiredBy(state: AgentState, rule: PolicyRule | undefined): number {
  return Math.max(rule?.approvers?.quorum ?? 1, wantsTwo(state, rule) ? 2 : 1);
}
