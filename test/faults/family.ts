import { setTimeout as pause } from 'node:timers/promises';
import { collect } from './collect.ts';
import { Life } from './life.ts';
import type { AgentEvidence } from './oracle.ts';
import { People } from './people.ts';
import type { Chance } from './random.ts';
import type { World } from './world.ts';

const pollMs = 300;
const ended = new Set(['completed', 'failed', 'cancelled']);

/** The agents that one agent delegates to, each with people of its own who answer what it asks. */
export class Family {
  readonly #world: World;
  readonly #parent: string;
  readonly #chance: Chance;
  readonly #people = new Map<string, People>();

  constructor(world: World, parent: string, chance: Chance) {
    this.#world = world;
    this.#parent = parent;
    this.#chance = chance;
  }

  /** Attends to whoever turns up, until the parent has ended or `over` says so. What the parent's people see is seen here too. */
  async attend(parents: People, over: () => boolean): Promise<void> {
    const attended: Promise<void>[] = [];
    for (let isOpen = true; isOpen && !over();) {
      const status = await parents.look();
      for (const { agent } of status?.children ?? []) {
        if (this.#people.has(agent)) continue;
        const people = new People(this.#world, agent, this.#chance);
        this.#people.set(agent, people);
        attended.push(people.decideUntil(over));
      }
      isOpen = !status || !ended.has(status.status);
      await pause(pollMs);
    }
    await Promise.all(attended);
  }

  async evidence(): Promise<AgentEvidence[]> {
    const { children = [] } = await this.#world.observer.status(this.#parent);
    const found: AgentEvidence[] = [];
    for (const { agent } of children) {
      const { input } = await this.#world.observer.status(agent);
      const life = { ...Life.parse(JSON.parse(input)), agent };
      const people = this.#people.get(agent) ?? new People(this.#world, agent, this.#chance);
      found.push(await collect(this.#world, life, people));
    }
    return found;
  }
}

/** What happened for two agents at once, so that one of them must be too many. */
export function sharedEffects(evidence: readonly AgentEvidence[]): string[] {
  const doers = new Map<string, string>();
  return evidence.flatMap(({ agent, effects }) =>
    [...new Set(effects.map(({ item }) => item))].flatMap((item) => {
      const other = doers.get(item);
      doers.set(item, agent);
      return other === undefined ? [] : [`${item} happened for ${other} and for ${agent}`];
    }),
  );
}
