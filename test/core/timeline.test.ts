import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StepCommand } from '../../src/contracts/command.ts';
import type { StepRecord, TimelineItem } from '../../src/contracts/timeline.ts';
import { advance } from '../../src/core/advance.ts';
import { newCommands } from '../../src/core/commands.ts';
import { withGaps } from '../../src/core/timeline/gaps.ts';
import { joinRuns } from '../../src/core/timeline/join-runs.ts';
import { timelineOf } from '../../src/core/timeline/project-run.ts';
import { selected } from '../../src/core/timeline/select.ts';
import { call, DAY_MS, factsFor, START_AT, startedAgent, TestAgent } from '../support/agent-builder.ts';
import { partsOf } from '../support/split-run.ts';
import { assertToldOnce } from '../support/told-once.ts';
import { anyLife, anyOptions, Life } from './any-life.ts';

const RUNS = 150;
/** The life of an agent with the questions to its model as steps; of others only a history knows. */
function runOf({ events }: TestAgent, initial = new TestAgent().state) {
  const steps = new Map<number, StepRecord>();
  const run = {
    ...{ initial, events, started: [] as StepCommand[], startedAfter: [] as number[] },
    ...{ endings: new Map<number, number>(), steps },
  };
  let state = initial;
  events.forEach((event, place) => {
    const asked = newCommands(state, { has: (id) => run.started.some((step) => step.id === id) }).find(
      (command) => command.type === 'call-model',
    );
    if (asked) {
      const scheduledAt = events[place - 1]?.at ?? START_AT;
      steps.set(run.started.push(asked) - 1, { activity: 'callModel', scheduledAt, attempts: 1 });
      run.startedAfter.push(place);
    }
    if (event.type === 'model-replied' || event.type === 'model-failed')
      run.endings.set(place, run.started.length - 1);
    state = advance(state, event);
  });
  return run;
}

function timeline(agent: TestAgent): TimelineItem[] {
  const run = runOf(agent);
  return timelineOf(run, run.steps);
}

describe('a timeline', () => {
  it('tells everything of any life once, and the same whether the life was one run or two', () => {
    fc.assert(
      fc.property(anyOptions, anyLife, fc.nat(), (options, steps, pick) => {
        const { agent } = new Life(options, () => undefined).play(steps);
        const run = runOf(agent, new TestAgent(options).state);
        const items = timelineOf(run, run.steps);
        assertToldOnce(items, run);
        const parts = partsOf(run, run.steps, 1 + (pick % agent.events.length));
        if (!parts) return;
        const joined = joinRuns(parts.map((part) => timelineOf(part.run, part.steps)));
        assert.deepEqual(joined, joinRuns([items]));
      }),
      { numRuns: RUNS },
    );
  });

  it('tells of a call what led to it: rule, facts, approval, edit, and what ran in the end', () => {
    const agent = startedAgent().asks(call('pay', { invoice: 'i1' }));
    agent.assessed(0, factsFor.approve);
    agent.wait(DAY_MS).decide('edit', { args: { invoice: 'i2' }, by: 'ann' });
    agent.assessed(0, factsFor.auto).succeeds(0, { paid: true });
    const items = timeline(agent);
    const pay = items.find((item) => item.kind === 'call');
    assert.deepEqual(pay?.args, {
      proposed: { type: 'parsed', value: { invoice: 'i1' } },
      ...{ edited: { invoice: 'i2' }, executed: { invoice: 'i2' } },
    });
    assert.deepEqual(
      pay.verdicts.map(({ mode, reason }) => [mode, reason]),
      [
        ['approve', 'facts.amount > 1000.0'],
        ['auto', 'always'],
      ],
    );
    assert.deepEqual([pay.leave?.by, pay.outcome?.ok], ['ann', true]);
    const approval = items.find((item) => item.kind === 'approval');
    assert.deepEqual(pay.approvals, [approval?.approval.id]);
    assert.deepEqual(approval?.approval.args, { invoice: 'i1' });
  });

  it('folds what took long while nobody worked, and says what ended a wait', () => {
    const agent = startedAgent().asks(call('sleep_until', { after: '2d' }));
    agent.wait(2 * DAY_MS);
    const items = timeline(agent);
    const wait = items.find((item) => item.kind === 'wait');
    assert.deepEqual([wait?.wait, wait?.endedBy?.cause, wait?.endedAt], ['timer', 'time-passed', agent.now]);
    const [gap] = withGaps(items).filter(({ kind }) => kind === 'gap');
    assert.deepEqual([gap?.at, gap?.endedAt], [START_AT, START_AT + 2 * DAY_MS]);
  });

  it('is filtered by kind and by any word in it', () => {
    const items = timeline(
      startedAgent()
        .asks(call('note', { text: 'Über alles' }))
        .says('Fertig.'),
    );
    const found = selected(items, { search: 'ÜBER' }).map(({ kind }) => kind);
    assert.deepEqual(found, ['call']);
    assert.ok(selected(items, { kinds: ['turn'] }).every(({ kind }) => kind === 'turn'));
    assert.deepEqual(selected(items, { kinds: ['turn'], search: 'über' }), []);
  });
});
