import { setTimeout as pause } from 'node:timers/promises';
import { GatewayError } from '../../src/client/gateway-error.ts';
import type { AgentMessageName } from '../../src/contracts/messages.ts';
import type { ApprovalView, StatusDocument } from '../../src/contracts/status.ts';
import { itemOf } from './items.ts';
import type { SeenApproval, SentDecision, SentMessage } from './oracle.ts';
import type { Chance } from './random.ts';
import type { World } from './world.ts';

/** Each look is work for a worker, and many agents are looked at. */
const pollMs = 300;
/** How long one person goes on trying; the server may be away and both workers with it. */
const patienceMs = 120_000;
/** Failures that say nothing about whether the message arrived. */
const unanswered = new Set(['Unreachable', 'NoWorker']);

type Answer = 'accepted' | 'refused' | 'unknown';

/** Everybody around one agent: senders of messages, people who decide, and an operator. They remember what they were told. */
export class People {
  readonly messages: SentMessage[] = [];
  readonly decisions: SentDecision[] = [];
  readonly approvals = new Map<string, SeenApproval>();
  /** Decisions that came early, late, again or against another one; for the table. */
  readonly tried = { early: 0, late: 0, repeated: 0, conflicting: 0 };
  readonly #world: World;
  readonly #agent: string;
  readonly #chance: Chance;
  readonly #answered = new Set<string>();
  /** Why the last message or decision was refused. */
  #refusal = '';
  /** The last look, and until when it is new enough for another one who looks. */
  #looked: { readonly status: Promise<StatusDocument | undefined>; readonly until: number } | undefined;

  constructor(world: World, agent: string, chance: Chance) {
    this.#world = world;
    this.#agent = agent;
    this.#chance = chance;
  }

  /** One sender's messages, one after the other, some of them twice. */
  async sendMessages(by: string, count: number): Promise<void> {
    for (let number = 1; number <= count; number += 1) {
      const id = `${by}-${number}`;
      const payload = { text: `<${id}>`, by, id };
      const answer = await this.#send('message', payload);
      this.messages.push({ id, by, number, answer, ...(answer === 'refused' ? { why: this.#refusal } : {}) });
      if (answer === 'refused') return;
      // As from a sender that got no answer, or whose network delivers twice: the same one again, or an older one.
      if (this.#chance.happens(0.4)) await this.#signal('message', payload);
      if (number > 1 && this.#chance.happens(0.3)) {
        const older = `${by}-${this.#chance.between(1, number - 1)}`;
        await this.#signal('message', { text: `<${older}>`, by, id: older });
      }
      await pause(this.#chance.between(0, 300));
    }
  }

  /** Many messages at once, which nobody waits for; each comes twice. */
  async flood(by: string, count: number): Promise<void> {
    for (let number = 1; number <= count; number += 1) {
      const id = `${by}-${number}`;
      const payload = { text: `<${id}>`, by, id };
      const sent = await this.#signal('message', payload);
      await this.#signal('message', payload);
      this.messages.push({ id, by, number, answer: sent ? 'accepted' : 'unknown' });
    }
  }

  async sendEvent(name: string, id: string): Promise<Answer> {
    return this.#send('event', { name, id, by: 'clock' });
  }

  /** Decides whatever the agent asks, until it has ended or `over` says so. */
  async decideUntil(over: () => boolean): Promise<void> {
    await this.#tryEarly();
    while (!over()) {
      const status = await this.look();
      for (const approval of status?.approvals ?? []) await this.#decide(approval);
      if (status && ended.has(status.status)) return;
      await pause(pollMs);
    }
  }

  /** The agent's status as the people can see it, if it answers. Whoever looks just after another one sees the same. */
  look(): Promise<StatusDocument | undefined> {
    const now = performance.now();
    if (this.#looked === undefined || now >= this.#looked.until)
      this.#looked = { status: this.#ask(), until: now + pollMs };
    return this.#looked.status;
  }

  async #ask(): Promise<StatusDocument | undefined> {
    try {
      return await this.#world.gateway.status(this.#agent);
    } catch (error) {
      if (error instanceof GatewayError) return undefined;
      throw error;
    }
  }

  async #tryEarly(): Promise<void> {
    this.tried.early += 1;
    await this.#answer('t999-1-ffffff', 'approve', 'hasty');
  }

  async #decide(approval: ApprovalView): Promise<void> {
    const { id, subject, tool, args } = approval;
    if (this.#answered.has(id)) return;
    const item = itemOf(args);
    this.approvals.set(id, { id, subject, tool, item });
    const [first, second] = this.#opinions(approval, item);
    if (first === undefined) return;
    this.#answered.add(id);
    const answers = [this.#answer(id, first, 'ann')];
    if (second !== undefined && this.#chance.happens(0.5)) {
      this.tried.conflicting += 1;
      answers.push(this.#answer(id, second, 'bert'));
    }
    await Promise.all(answers);
    if (this.#chance.happens(0.5)) {
      this.tried.repeated += 1;
      await this.#answer(id, first, 'ann');
    }
    if (second !== undefined) {
      this.tried.late += 1;
      await this.#answer(id, second, 'carl');
    }
  }

  /** What one person would decide, and what another one who is just as entitled would. */
  #opinions({ subject }: ApprovalView, item: string | undefined): string[] {
    if (subject === 'question') return ['respond', 'ignore'];
    if (subject !== 'unknown_outcome') return this.#chance.shuffled(['approve', 'reject']);
    // An operator looks at the owner before answering, and waits until it can say and nothing is under way there.
    const known = this.#world.whatHappened(this.#agent, item ?? '');
    if (known === 'not known') return [];
    return known === 'done' ? ['respond'] : ['approve'];
  }

  async #answer(approval: string, decision: string, by: string): Promise<void> {
    const message = decision === 'respond' ? { message: 'so it is' } : {};
    const answer = await this.#send('decide', { approval, decision, by, ...message });
    this.decisions.push({ approval, decision, by, answer });
  }

  /** Sends until there is an answer. After one that was lost, "the agent has ended" says nothing about whether it arrived. */
  async #send(name: AgentMessageName, payload: object): Promise<Answer> {
    const deadline = performance.now() + patienceMs;
    let wasLost = false;
    while (performance.now() < deadline) {
      try {
        await this.#world.gateway.send(this.#agent, name, payload);
        return 'accepted';
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        this.#refusal = error.type;
        if (error.type === 'Closed') return wasLost ? 'unknown' : 'refused';
        const isFull = error.message.includes('waiting to be read');
        this.#refusal = `${error.type}: ${error.message}`;
        if (!unanswered.has(error.type) && !isFull) return 'refused';
        wasLost ||= !isFull;
        await pause(pollMs);
      }
    }
    return 'unknown';
  }

  async #signal(name: AgentMessageName, payload: object): Promise<boolean> {
    try {
      await this.#world.signal(this.#agent, name, payload);
      return true;
    } catch {
      return false;
    }
  }
}

const ended = new Set(['completed', 'failed', 'cancelled']);
