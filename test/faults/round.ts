import { collect } from './collect.ts';
import { Desk } from './desk.ts';
import { Family, sharedEffects } from './family.ts';
import type { Fault } from './fault-kinds.ts';
import { Injector } from './injector.ts';
import { writeInvoice } from './invoices.ts';
import type { Life } from './life.ts';
import { type AgentEvidence, violationsOf } from './oracle.ts';
import { People } from './people.ts';
import type { Plan } from './plan.ts';
import { Chance } from './random.ts';
import { replayProblems } from './replay.ts';
import type { World } from './world.ts';

/** What became of a plan. */
export interface RoundResult {
  readonly plan: Plan;
  readonly tried: readonly Fault[];
  /** Faults whose moment never came. */
  readonly notTried: readonly Fault[];
  /** How people misbehaved beside the faults. */
  readonly people: Readonly<Record<keyof People['tried'], number>>;
  readonly evidence: readonly AgentEvidence[];
  readonly violations: readonly string[];
  readonly unknownOutcomes: number;
}

/**
 * From the end of the last fault to the end of every agent. Generous: retries wait up to 20 s, an outage 30 s, lost steps 5 s,
 * several of them may come one after the other, and two cores are shared.
 */
export const settledWithinMs = 150_000;
const floodSize = 60;

/** Lives a plan through in a world of its own. */
export async function liveThrough(world: World, plan: Plan): Promise<RoundResult> {
  const chance = new Chance(plan.seed + 1);
  const all = plan.lives.map((life) => ({
    life,
    people: new People(world, life.agent, chance),
    family: new Family(world, life.agent, chance),
  }));
  await writeInvoices(world, plan);
  const injector = new Injector(world, plan.faults, async () => {
    await all[0]?.people.flood('flood', floodSize);
  });
  const isOver = (): boolean => injector.isCalm && performance.now() > injector.lastEndedAt + settledWithinMs;
  const desk = plan.desk ? new Desk(world) : undefined;
  // Whatever goes wrong, everybody comes to an end first: what is still under way would outlive its world.
  const ends = await Promise.allSettled([
    ...all.map((one) => live(world, one, { plan, isOver })),
    desk?.work(isOver),
  ]);
  await injector.end();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const evidence: AgentEvidence[] = [];
  for (const { life, people, family } of all)
    evidence.push(await collect(world, life, people), ...(await family.evidence()));
  const agents = [...evidence.map(({ agent }) => agent), ...(desk ? [desk.agent] : [])];
  const sum = (of: keyof People['tried']): number =>
    all.reduce((total, { people }) => total + people.tried[of], 0);
  return {
    plan,
    tried: injector.begun,
    notTried: injector.notTried,
    people: {
      early: sum('early'),
      late: sum('late'),
      repeated: sum('repeated'),
      conflicting: sum('conflicting'),
    },
    evidence,
    violations: [
      ...evidence.flatMap(violationsOf),
      ...sharedEffects(evidence),
      ...((await desk?.violations()) ?? []),
      ...(await replayProblems(world, agents)),
    ],
    unknownOutcomes: evidence
      .flatMap(({ approvals }) => approvals)
      .filter(({ subject }) => subject === 'unknown_outcome').length,
  };
}

async function live(
  world: World,
  { life, people, family }: { life: Life; people: People; family: Family },
  { plan, isOver }: { plan: Plan; isOver: () => boolean },
): Promise<void> {
  const { agent } = life;
  // What a turn looks at comes with the model's reply, or is a local step.
  const definition = plan.lives.indexOf(life) % 2 === 0 ? 'lifer' : 'careful';
  await world.observer.start({ agent: definition, input: JSON.stringify(life) }, { id: agent });
  const talk = async (): Promise<void> => {
    await Promise.all(['eva', 'max'].map((sender) => people.sendMessages(sender, plan.messages)));
    // Twice, as everything that comes from outside.
    await people.sendEvent('close', 'close');
    await people.sendEvent('close', 'close');
  };
  await Promise.all([talk(), people.decideUntil(isOver), family.attend(people, isOver)]);
}

async function writeInvoices(world: World, plan: Plan): Promise<void> {
  for (const { agent, steps } of plan.lives) {
    for (const [turn, step] of steps.entries()) {
      if (step.some(({ tool }) => tool === 'pay_invoice'))
        await writeInvoice(world.workspace, `${agent}-${turn}`);
    }
  }
}
