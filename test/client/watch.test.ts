import assert from 'node:assert/strict';
import picocolors from 'picocolors';
import { renderWatchEvent } from '../../src/client/cli/view/watch-view.ts';
import { added, WatchProgress } from '../../src/client/cli/watch-progress.ts';
import type { LiveView } from '../../src/client/live.ts';
import type { Past } from '../../src/client/agent-timeline.ts';
import type { Transition } from '../../src/contracts/state.ts';
import type { StatusDocument } from '../../src/contracts/status.ts';
import type { ModelItem, TimelineItem } from '../../src/contracts/timeline.ts';
import { now, statusSample } from './samples.ts';

function writing(partial: string, attempt = 1): LiveView {
  return {
    agent: 'a1',
    runId: 'r',
    mark: 'r/7',
    open: true,
    execution: 'running',
    taskQueue: 'perdure',
    startedAt: '2026-03-02T12:00:00.000Z',
    workflowTaskAttempt: 0,
    activities: [{ id: '7', type: 'callModel', state: 'started', attempt, partial }],
  };
}

const model = { turn: 2, model: 'm', contextHash: 'h', maxOutputTokens: 1 };

/** The agent has answered; `calls` are items of their own. */
function reply(text: string, at = now): ModelItem {
  const said = { model: 'm', text, calls: 0, finishReason: 'stop' };
  return { ...model, kind: 'model', id: 'model:2', at: at - 9, endedAt: at, reply: said };
}

function change(transition: Pick<Transition, 'from' | 'to' | 'cause' | 'actor'>, at = now): TimelineItem {
  const made = { ...transition, revision: 5, turn: 2, at };
  return { kind: 'transition', id: 'revision:5', turn: 2, at, transition: made };
}

function past(items: readonly TimelineItem[], status: Partial<StatusDocument> = {}): Past {
  const timeline = { agent: 'a1', firstTurn: 0, lastTurn: 2, items: [...items], runs: [] };
  return { timeline, status: statusSample({ approvals: [], interruptions: [], ...status }) };
}

function shown(events: Parameters<typeof renderWatchEvent>[0][]): string {
  const viewer = { now, colors: picocolors.createColors(false), flags: [] };
  return events.map((event) => renderWatchEvent(event, viewer)).join('');
}

describe("the model's words", () => {
  const cases: [string, string, string, string][] = [
    ['the first words', '', 'Hello', 'Hello'],
    ['more words', 'Hello', 'Hello world', ' world'],
    ['nothing new', 'Hello', 'Hello', ''],
    ['a beginning that was cut off', 'abcdef', 'cdefgh', 'cdefgh'],
    ['a long text whose beginning was cut off', `${'x'.repeat(300)}END`, `${'x'.repeat(250)}ENDmore`, 'more'],
  ];
  for (const [title, before, after, expected] of cases)
    it(`are found in ${title}`, () => {
      assert.equal(added(before, after), expected);
    });
});

describe('watching', () => {
  it('goes on in the line that it began, and says nothing twice', () => {
    const progress = new WatchProgress();
    progress.advance('r/1', past([]));
    const text = [
      ...progress.live(writing('I will ')),
      ...progress.live(writing('I will look')),
      ...progress.advance('r/2', past([reply('I will look at it.')])),
      ...progress.advance('r/3', past([reply('I will look at it.')])),
    ];
    assert.equal(shown(text), '[2] agent: I will look at it.\n');
    assert.equal(progress.mark, 'r/3');
  });

  it('leaves out the steps within a turn, and lets them break no line', () => {
    const progress = new WatchProgress();
    const step = change({ from: 'thinking', to: 'acting', cause: 'x', actor: 'agent' }, now - 1);
    progress.advance('r/1', past([]));
    const events = [
      ...progress.live(writing('I will ')),
      ...progress.advance('r/2', past([step, reply('I will look')])),
    ];
    assert.equal(shown(events), '[2] agent: I will look\n');
  });

  it('says nothing twice when something else is shown while the model writes', () => {
    const progress = new WatchProgress();
    const paused = change({ from: 'thinking', to: 'paused', cause: 'pause', actor: 'bob' }, now - 1);
    progress.advance('r/1', past([]));
    const events = [
      ...progress.live(writing('I will ')),
      ...progress.advance('r/2', past([paused])),
      ...progress.live(writing('I will look')),
      ...progress.advance('r/3', past([paused, reply('I will look at it.')])),
    ];
    const [first, second, ...rest] = shown(events).split('\n');
    assert.deepEqual([first, second], ['[2] agent: I will ', '· thinking → paused (pause, bob)']);
    assert.deepEqual(rest, ['[2] agent: …look at it.', '']);
  });

  it('shows things in the order in which they happened, a reply when it was there', () => {
    const progress = new WatchProgress();
    const ended = change({ from: 'thinking', to: 'completed', cause: 'finish', actor: 'agent' });
    const events = progress.advance('r/1', past([ended, reply('Done.', now - 1)]));
    assert.equal(shown(events), '[2] agent: Done.\n· thinking → completed\n');
  });

  it('shows the whole reply when it is not what was heard', () => {
    const progress = new WatchProgress();
    progress.advance('r/1', past([]));
    const events = [
      ...progress.live(writing('Something')),
      ...progress.advance('r/2', past([reply('Else')])),
    ];
    assert.equal(shown(events), '[2] agent: Something\n[2] agent: Else\n');
  });

  it('shows each approval and each transition once, with the item of the timeline', () => {
    const progress = new WatchProgress();
    const waits = change({ from: 'thinking', to: 'waiting', cause: 'x', actor: 'agent' });
    const asking = past([waits], { approvals: statusSample().approvals });
    const [first, second, ...rest] = progress.advance('r/1', asking);
    assert.ok(first?.type === 'transition');
    assert.deepEqual(first.item, waits);
    assert.deepEqual([second?.type, rest], ['approval', []]);
    assert.deepEqual(progress.advance('r/2', asking), []);
  });

  it('tells of a model that failed, and of agents below with how they stand', () => {
    const progress = new WatchProgress();
    const failed: ModelItem = {
      ...{ ...model, kind: 'model', id: 'model:1', at: now, endedAt: now },
      failure: { type: 'RateLimited', message: 'slow down' },
    };
    const child = { id: 'b', agent: 'clerk', input: 'Go.', index: 0, awaited: true, share: { turns: 1 } };
    const below = (status: 'open' | 'completed'): TimelineItem => ({
      ...{ kind: 'agent', id: 'agent:b', turn: 2, at: now + 1 },
      child: { ...child, status },
    });
    const events = [
      ...progress.advance('r/1', past([failed, below('open')])),
      ...progress.advance('r/2', past([failed, below('completed')])),
    ];
    const told = ['[2] ✗ m: RateLimited: slow down', '[2] ⤷ b (clerk) open: Go.'];
    assert.deepEqual(shown(events).split('\n'), [...told, '[2] ⤷ b (clerk) completed: Go.', '']);
  });

  it('tells of a step that is tried again, on a line of its own', () => {
    const progress = new WatchProgress();
    const events = [...progress.live(writing('Half')), ...progress.live(writing('Half', 2))];
    assert.match(shown(events), /^\[1\] agent: Half\n! callModel is tried again \(attempt 2\)\n/);
  });

  it('says once what keeps the agent from moving, until something moves', () => {
    const progress = new WatchProgress();
    assert.equal(progress.isNewTrouble(undefined), false);
    assert.equal(progress.isNewTrouble('no worker'), true);
    assert.equal(progress.isNewTrouble('no worker'), false);
    progress.advance('r/1', past([]));
    assert.equal(progress.isNewTrouble('no worker'), true);
  });
});
