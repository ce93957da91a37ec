import type { Grant } from '../contracts/child.ts';
import type { PolicyMode, PolicyRule } from '../contracts/definition.ts';
import type { JsonObject } from '../contracts/json.ts';
import { holds } from './condition.ts';
import { stepsForOne } from './condition-steps.ts';
import { mostDeciders } from './people.ts';

/** What a condition may speak of. */
export interface PolicyInput {
  readonly facts: JsonObject;
  readonly args: JsonObject;
  readonly agent: JsonObject;
  readonly labels: JsonObject;
}

export interface PolicyVerdict {
  readonly mode: PolicyMode;
  readonly rule?: PolicyRule;
  /** The place of that rule among those for the tool, from 1. */
  readonly place?: number;
  /** Why this verdict, for people: the condition that held, or what went wrong with it. */
  readonly reason: string;
}

/**
 * The first rule that applies decides; none applies: deny. A condition that can't be evaluated never gives leave:
 * a rule that asks, suggests or denies then applies, an `auto` rule does not.
 */
export function decidePolicy(rules: readonly PolicyRule[] | undefined, input: PolicyInput): PolicyVerdict {
  if (!rules) return { mode: 'deny', reason: 'the definition does not list this tool' };
  const account = stepsForOne();
  const values = { ...input };
  for (const [index, rule] of rules.entries()) {
    const fired = { mode: rule.mode, rule, place: index + 1 };
    if (rule.when === undefined) return { ...fired, reason: 'always' };
    const held = holds(rule.when, values, account);
    if (held === true) return { ...fired, reason: rule.when };
    if (held !== false && rule.mode !== 'auto') {
      return { ...fired, reason: `${rule.when} could not be evaluated: ${held.problem}` };
    }
  }
  return { mode: 'deny', reason: 'no rule of the definition applies' };
}

const strictness: Record<PolicyMode, number> = { auto: 0, approve: 1, suggest: 2, deny: 3 };

interface Within {
  readonly rules: readonly PolicyRule[] | undefined;
  readonly grants: readonly Grant[];
  /** Whether all who ask are heard in whom they ask, or only the strictest. */
  readonly joins: boolean;
}

/** The strictest of an agent's own rules and of what those above it let it do. */
export function decideWithin(
  name: string,
  { rules, grants, joins }: Within,
  input: PolicyInput,
): PolicyVerdict {
  let strictest = decidePolicy(rules, input);
  const verdicts = [strictest];
  for (const { by, tools, only } of grants) {
    const granted = tools[name];
    if (!granted && !only) continue;
    const verdict: PolicyVerdict = granted
      ? decidePolicy(granted, input)
      : { mode: 'deny', reason: 'it is not among the tools that were granted' };
    verdicts.push(verdict);
    if (strictness[verdict.mode] > strictness[strictest.mode])
      strictest = { ...verdict, reason: `${verdict.reason}, says ${by}, which delegated` };
  }
  if (!joins || !asks(strictest)) return strictest;
  const [own, ...above] = verdicts.map((verdict) => (asks(verdict) ? verdict.rule : undefined));
  const { rule = { mode: strictest.mode } } = strictest;
  return {
    ...strictest,
    rule: joined(
      rule,
      [...above, own].filter((one) => one !== undefined),
    ),
  };
}

function asks({ mode }: PolicyVerdict): boolean {
  return mode === 'approve' || mode === 'suggest';
}

/**
 * The rule that asks, with the approvers of all that do, those furthest above first: as many as the one wants who wants most, as proven
 * as anybody wants it.
 */
function joined(rule: PolicyRule, all: readonly PolicyRule[]): PolicyRule {
  const approvers = all.flatMap((one) => one.approvers ?? []);
  if (approvers.length === 0 || all.length === 1) return rule;
  const fourEyes = approvers.some((one) => one.fourEyes);
  const { named, quorum } = namedBy(all, fourEyes);
  const { people, role } = named?.approvers ?? {};
  const { escalate = [] } = named ?? rule;
  const { escalate: _others, ...rest } = rule;
  return {
    ...rest,
    ...(escalate.length > 0 ? { escalate } : {}),
    approvers: {
      ...(people ? { people } : {}),
      ...(role ? { role } : {}),
      ...(quorum > 1 ? { quorum } : {}),
      ...(fourEyes ? { fourEyes: true } : {}),
      ...(approvers.some(({ signedIn }) => signedIn) ? { signedIn: true } : {}),
    },
  };
}

/**
 * The first rule that says by name or role who decides, with those that it asks later, and how many of them. One that names fewer than
 * those above it want is passed over; what those below it want beyond the people that it names nobody could give.
 */
function namedBy(
  all: readonly PolicyRule[],
  fourEyes: boolean,
): { named: PolicyRule | undefined; quorum: number } {
  let named: PolicyRule | undefined;
  let quorum = 1;
  let most = Infinity;
  for (const one of all) {
    const { people, role, quorum: wanted = 1 } = one.approvers ?? {};
    const deciders = mostDeciders({ people, role, escalate: one.escalate ?? [] });
    // Of several, one may be who asked for the work.
    const enough = fourEyes && quorum > 1 ? quorum + 1 : quorum;
    if (!named && (people ?? role) !== undefined && deciders >= enough) {
      named = one;
      most = deciders;
    }
    quorum = Math.min(Math.max(quorum, wanted), most);
  }
  return { named, quorum };
}
