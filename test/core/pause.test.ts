import assert from 'node:assert/strict';
import type { NewEvent } from '../../src/contracts/event.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import { newCommands } from '../../src/core/commands.ts';
import { interruptionsOf } from '../../src/core/interruptions.ts';
import type { AgentState } from '../../src/contracts/state.ts';
import {
  call as callWithId,
  DAY_MS,
  factsFor,
  reply,
  startedAgent,
  TestAgent,
} from '../support/agent-builder.ts';

/** What the shell would start now. */
function startable(agent: TestAgent): string[] {
  return newCommands(agent.state, new Set()).map(({ type }) => type);
}

/** With an id of its own in every life, so that two lives can be compared. */
function call(name: string, args: JsonObject) {
  return callWithId(name, args, `${name}-${JSON.stringify(args)}`);
}

/** All but the log of what happened to it and when. */
function withoutLog({ transitions: _log, revision: _count, since: _since, ...rest }: AgentState): unknown {
  return JSON.parse(JSON.stringify(rest, (key, value: unknown) => (key === 'revision' ? 0 : value)));
}

interface Moment {
  /** The agent at the moment, with this in flight or waited for. */
  readonly at: () => TestAgent;
  /** What happens while nobody lets it go on; undefined where only time passes. */
  readonly happens?: NewEvent;
  /** Milliseconds that pass while nobody lets it go on. */
  readonly passes?: number;
  /** What starts when it may go on. */
  readonly then: readonly string[];
}

const order = () => startedAgent().asks(call('order', { what: 'a' }));
const problem = (type: string) => ({ type, message: 'gone' });
const lost = (type: string): NewEvent => ({ type: 'tool-lost', index: 0, problem: problem(type) });
const done: NewEvent = {
  type: 'tool-ended',
  index: 0,
  outcome: { type: 'succeeded', result: { number: 'n' } },
};

const moments: Record<string, Moment> = {
  'its definition is read': {
    at: () => new TestAgent(),
    happens: { type: 'definition-loaded', loaded: startedAgentLoaded() },
    then: ['call-model'],
  },
  'a model call is in flight': {
    at: () => startedAgent(),
    happens: { type: 'model-replied', reply: reply('', [call('order', { what: 'a' })]) },
    then: ['run-tool'],
  },
  'a model call fails': {
    at: () => startedAgent(),
    happens: { type: 'model-failed', problem: problem('ModelUnavailable') },
    then: ['call-model'],
  },
  'a rate limit of the model is over': {
    at: () => startedAgent().modelFails('ModelRateLimited', 5_000),
    passes: 6_000,
    then: ['call-model'],
  },
  'facts are established': {
    at: () => startedAgent().asks(call('pay', { invoice: 'i' })),
    happens: { type: 'calls-assessed', assessments: [{ type: 'assessed', index: 0, facts: factsFor.auto }] },
    then: ['run-tool'],
  },
  'facts can not be established': {
    at: () => startedAgent().asks(call('pay', { invoice: 'i' }), call('pay', { invoice: 'j' })),
    happens: { type: 'assessment-lost', indexes: [0, 1], problem: problem('ToolUnavailable') },
    then: ['assess-calls', 'assess-calls'],
  },
  'a tool call is in flight': { at: order, happens: done, then: ['call-model'] },
  'a tool call is lost': { at: order, happens: lost('ToolTimeout'), then: ['reconcile-tool'] },
  'a tool is asked what became of a call': {
    at: () => order().loses(0),
    happens: { type: 'tool-reconciled', index: 0, found: { type: 'not-done' } },
    then: ['run-tool'],
  },
  'a batch is lost': {
    at: () => startedAgent().asks(call('look', { what: 'a' })),
    happens: { type: 'batch-lost', indexes: [0] },
    then: ['run-tool'],
  },
  'a pause that a tool asked for is over': {
    at: () => order().loses(0, 'ToolRateLimited', 'later', 5_000),
    passes: 5_000,
    then: ['run-tool'],
  },
  'an outage of a tool may be over': {
    at: () => order().loses(0, 'ToolUnavailable'),
    passes: 30_000,
    then: ['run-tool'],
  },
  'a sleep is over': {
    at: () => startedAgent().asks(call('sleep_until', { after: '1m' })),
    passes: 60_000,
    then: ['call-model'],
  },
  'a wait for an event is over': {
    at: () => startedAgent().asks(call('wait_for_event', { name: 'e', timeout: '1m' })),
    passes: 60_000,
    then: ['call-model'],
  },
  'an approval expires': {
    at: () => startedAgent().asks(call('shout', { what: 'a' })),
    passes: 8 * DAY_MS,
    then: ['call-model'],
  },
};

function startedAgentLoaded() {
  const [event] = startedAgent().events;
  return event?.type === 'definition-loaded' ? event.loaded : assert.fail();
}

function goesOn(agent: TestAgent, { happens, passes }: Moment): void {
  if (happens) agent.happen(happens);
  if (passes !== undefined) agent.wait(passes);
}

for (const [what, moment] of Object.entries(moments)) {
  describe(`while ${what}`, () => {
    it('a paused agent takes note of it, starts nothing, and goes on after resume', () => {
      const agent = moment.at();
      agent.send('pause', { by: 'ann' });
      const before = withoutLog(agent.state);
      goesOn(agent, moment);
      assert.notDeepEqual(withoutLog(agent.state), before, 'it was recorded');
      assert.deepEqual([agent.state.status, startable(agent)], ['paused', []]);
      agent.send('resume', { by: 'ann' });
      assert.deepEqual(startable(agent), moment.then);
    });

    it('a pause changes nothing but the time', () => {
      const paused = moment.at();
      paused.send('pause', { by: 'ann' });
      goesOn(paused, moment);
      paused.send('resume', { by: 'ann' });
      const never = moment.at();
      goesOn(never, moment);
      assert.deepEqual(withoutLog(paused.state), withoutLog(never.state));
    });

    it('a stopped agent takes note of it, starts nothing, and ends when nothing is in flight', () => {
      const agent = moment.at();
      agent.send('stop', { by: 'ann' });
      goesOn(agent, moment);
      assert.deepEqual([agent.state.status, startable(agent)], ['closing', []]);
      agent.happen({ type: 'drained' });
      assert.equal(agent.state.status, 'cancelled');
      assert.deepEqual(interruptionsOf(agent.state), []);
    });

    it('a cancelled agent has ended, and what comes late changes nothing', () => {
      const agent = moment.at();
      agent.happen({ type: 'cancelled', reason: 'enough' });
      const ended = agent.state;
      goesOn(agent, moment);
      assert.equal(agent.state, ended);
      assert.deepEqual([ended.status, startable(agent)], ['cancelled', []]);
    });
  });
}
