import assert from 'node:assert/strict';
import type { InlineResults } from '../../src/contracts/activities.ts';
import type { NewEvent } from '../../src/contracts/event.ts';
import type { Definition } from '../../src/contracts/definition.ts';
import { commandsOf } from '../../src/core/commands.ts';
import type { Activation, Incoming } from '../../src/core/activation.ts';
import { foldRun } from '../support/fold-run.ts';
import { RunRecord } from '../../src/core/run-record.ts';
import { timelineOf } from '../../src/core/timeline/project-run.ts';
import { type AgentOptions, call, factsFor, reply, startedAgent } from '../support/agent-builder.ts';

const T = Date.parse('2026-03-02T09:00:00Z');
const told = (at: number, ...incoming: Incoming[]): Activation => ({
  ...{ at, incoming, continueAsNewSuggested: false, changes: [] },
});
const looking = [call('look', { what: 'a' }), call('look', { what: 'b' })];
const ran: InlineResults = {
  type: 'ran',
  outcomes: [
    { index: 0, outcome: { type: 'succeeded', result: 'seen' } },
    { index: 1, outcome: { type: 'failed', error: { type: 'NotFound', message: 'no b' } } },
  ],
};
const paying = [call('pay', { invoice: 'i1' }), call('pay', { invoice: 'i2' })];
const assessed: InlineResults = {
  type: 'assessed',
  assessments: [
    { type: 'assessed', index: 0, facts: factsFor.auto },
    { type: 'assessed', index: 1, facts: factsFor.approve },
  ],
};

/** What the model's step gives back: a reply with these calls, and what was done with them. */
const answer = (calls: typeof looking, inline: InlineResults | undefined): Incoming => ({
  ...{ type: 'step-answered', step: 0, value: { ...reply('', calls), ...(inline ? { inline } : {}) } },
});
const signal = (name: string): Incoming => ({ type: 'signal', name, payload: { by: 'ann' } });

/** A run that is told something as the workflow would be. */
class OpenRun extends RunRecord {
  hear(event: NewEvent): void {
    this.take(event, T);
  }
}

function requested(options: AgentOptions) {
  const [command] = commandsOf(startedAgent(options).state);
  return command?.type === 'call-model' ? command.request.inline : assert.fail('no model is asked');
}
const only = (tools: Definition['tools']): AgentOptions => ({ definition: {}, tools });

describe('what may be done with the calls of a reply at once', () => {
  it('is to run what is pure and short and always allowed, and to assess what policy looks at', () => {
    assert.deepEqual(requested({}), { firstRunId: 'run-1', run: ['look'], assess: ['pay'] });
    assert.deepEqual(requested(only({ weigh: [{ mode: 'approve' }] }))?.assess, ['weigh', 'pay']);
  });

  it('never is to run what policy might not let through', () => {
    for (const rules of [
      [{ mode: 'deny' as const }],
      [{ mode: 'approve' as const }],
      [{ mode: 'auto' as const, when: 'args.what == "a"' }],
      [{ mode: 'deny' as const, when: 'args.what == "b"' }, { mode: 'auto' as const }],
      [],
    ])
      assert.deepEqual(requested(only({ look: rules }))?.run, [], JSON.stringify(rules));
  });

  it('never is to run what those above the agent might not let through', () => {
    const below = (tools: Definition['tools'], isOnly: boolean): AgentOptions => ({
      start: {
        parent: {
          ...{ agent: 'boss', run: 'r0', path: ['boss'], depth: 2 },
          grants: [{ by: 'boss', tools, only: isOnly }],
        },
      },
    });
    assert.deepEqual(requested(below({ look: [{ mode: 'approve' }] }, false))?.run, []);
    assert.deepEqual(requested(below({}, true))?.run, []);
    assert.deepEqual(requested(below({}, false))?.run, ['look']);
    assert.deepEqual(requested(below({ look: [{ mode: 'auto' }] }, true))?.run, ['look']);
  });

  it('is not to run anything where each call shall be a checkpoint', () => {
    assert.deepEqual(requested({ definition: { checkpoints: 'each' } })?.run, []);
  });
});

describe('what was done with the calls of a reply at once', () => {
  const live = (...incoming: Incoming[]) =>
    foldRun(startedAgent().state, [told(T), told(T + 10, ...incoming)]);

  it('ends the turn with the reply', () => {
    const run = live(answer(looking, ran));
    assert.deepEqual(
      run.events.map(({ type }) => type),
      ['model-replied', 'batch-ended'],
    );
    assert.deepEqual([run.state.turn, run.state.phase], [2, 'thinking']);
    assert.deepEqual(
      run.started.map(({ type }) => type),
      ['call-model', 'call-model'],
    );
  });

  it('is kept once, not with the reply as well', () => {
    const [first] = live(answer(looking, ran)).events;
    assert.ok(first?.type === 'model-replied' && !('inline' in first));
  });

  it('gives policy the facts, which decides as ever', () => {
    const { state, started } = live(answer(paying, assessed));
    assert.deepEqual(
      state.calls.map(({ status }) => status),
      ['running', 'waiting'],
    );
    assert.deepEqual(state.calls[1]?.facts, factsFor.approve);
    assert.deepEqual(
      started.map(({ type }) => type),
      ['call-model', 'run-tool'],
    );
  });

  it('does not count while the agent is paused: it is done when the agent goes on', () => {
    const paused = live(signal('pause'), answer(looking, ran));
    assert.deepEqual(
      [paused.state.phase, paused.state.context.at(-1)?.message.role],
      ['acting', 'assistant'],
    );
    // Nothing else is taken for its end.
    assert.deepEqual([...paused.endings], [[1, 0]]);
    const resumed = foldRun(startedAgent().state, [
      ...[told(T), told(T + 10, signal('pause'), answer(looking, ran)), told(T + 20, signal('resume'))],
    ]);
    assert.deepEqual(
      resumed.started.map(({ type }) => type),
      ['call-model', 'run-batch'],
    );
  });

  it('counts for nothing with a reply that nobody waits for any more', () => {
    const cancelled = live({ type: 'cancel-requested' }, answer(looking, ran));
    assert.deepEqual(
      cancelled.events.map(({ type }) => type),
      ['cancelled', 'model-replied'],
    );
    const acting = new OpenRun(startedAgent().asks(call('look', { what: 'other' })).state);
    acting.hear({ type: 'model-replied', reply: reply('', looking), inline: ran });
    assert.deepEqual([acting.state.turn, acting.state.calls[0]?.status], [1, 'running']);
  });

  it('does not judge what can not be called like this', () => {
    const wrong = [call('look', { what: 1 }), call('look', { what: 'b' })];
    const { state } = live(answer(wrong, ran));
    const results = state.context.flatMap(({ message }) => (message.role === 'tool' ? [message.text] : []));
    assert.match(results[0] ?? '', /"type":"Invalid"/);
    assert.match(results[1] ?? '', /no b/);
  });

  it('fails the step when it is not readable, like any other answer', () => {
    const { state } = live({
      ...{ type: 'step-answered', step: 0 },
      value: {
        ...reply('', looking),
        inline: { type: 'ran', outcomes: [{ index: 0, outcome: { type: 'lost' } }] },
      },
    });
    assert.equal(state.calls.length, 0);
    assert.deepEqual([state.turn, state.modelAttempt], [1, 2]);
  });

  it('is told with the step of the model', () => {
    const run = live(answer(looking, ran));
    const step = { activity: 'callModel', attempts: 1 };
    const calls = timelineOf(run, new Map([[0, step]])).filter(({ kind }) => kind === 'call');
    assert.deepEqual(
      calls.map((item) => item.kind === 'call' && [item.status, item.steps.map(({ activity }) => activity)]),
      [
        ['done', ['callModel']],
        ['done', ['callModel']],
      ],
    );
  });
});
