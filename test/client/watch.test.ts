import assert from 'node:assert/strict';
import picocolors from 'picocolors';
import { renderWatchEvent } from '../../src/client/cli/view/watch-view.ts';
import { added, WatchProgress } from '../../src/client/cli/watch-progress.ts';
import type { LiveView } from '../../src/client/live.ts';
import type { ContextEntry } from '../../src/contracts/state.ts';
import { now, statusSample } from './samples.ts';

function writing(partial: string, attempt = 1): LiveView {
  return {
    agent: 'a1',
    runId: 'r',
    open: true,
    execution: 'running',
    taskQueue: 'perdure',
    startedAt: '2026-03-02T12:00:00.000Z',
    workflowTaskAttempt: 0,
    activities: [{ id: '7', type: 'callModel', state: 'started', attempt, partial }],
  };
}

function reply(text: string): ContextEntry {
  return { turn: 2, at: now, message: { role: 'assistant', text, calls: [] } };
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
    const status = statusSample({ approvals: [], interruptions: [] });
    assert.equal(progress.isNew(status), true);
    assert.equal(progress.isNew(status), false);
    progress.advance(status, [], []);
    const text = [
      ...progress.live(writing('I will ')),
      ...progress.live(writing('I will look')),
      ...progress.advance(status, [reply('I will look at it.')], []),
      ...progress.advance(status, [reply('I will look at it.')], []),
    ];
    assert.equal(shown(text), '[2] agent: I will look at it.\n');
  });

  it('leaves out the steps within a turn, and lets them break no line', () => {
    const progress = new WatchProgress();
    const status = statusSample({ approvals: [], interruptions: [], revision: 5 });
    const step = {
      revision: 5,
      from: 'thinking',
      to: 'acting',
      cause: 'x',
      actor: 'agent',
      at: now - 1,
      turn: 2,
    } as const;
    progress.isNew(status);
    const events = [
      ...progress.live(writing('I will ')),
      ...progress.advance(status, [reply('I will look')], [step]),
    ];
    assert.equal(shown(events), '[2] agent: I will look\n');
  });

  it('says nothing twice when something else is shown while the model writes', () => {
    const progress = new WatchProgress();
    const status = statusSample({ approvals: [], interruptions: [] });
    const paused = { revision: 4, from: 'thinking', to: 'paused', cause: 'pause', actor: 'bob' } as const;
    progress.isNew(status);
    const events = [
      ...progress.live(writing('I will ')),
      ...progress.advance(status, [], [{ ...paused, at: now - 1, turn: 2 }]),
      ...progress.live(writing('I will look')),
      ...progress.advance(status, [reply('I will look at it.')], []),
    ];
    const [first, second, ...rest] = shown(events).split('\n');
    assert.deepEqual([first, second], ['[2] agent: I will ', '· thinking → paused (pause, bob)']);
    assert.deepEqual(rest, ['[2] agent: …look at it.', '']);
  });

  it('shows things in the order in which they happened, also those that it could not read at once', () => {
    const progress = new WatchProgress();
    const ended = {
      from: 'thinking',
      to: 'completed',
      cause: 'finish',
      actor: 'agent',
      at: now,
      turn: 2,
    } as const;
    const transitions = [{ ...ended, revision: 5 }];
    const early = statusSample({ approvals: [], interruptions: [] });
    progress.isNew(early);
    assert.deepEqual(progress.advance(early, [], transitions), []);
    const late = statusSample({ approvals: [], interruptions: [], revision: 5 });
    const events = progress.advance(late, [{ ...reply('Done.'), at: now - 1 }], transitions);
    assert.equal(shown(events), '[2] agent: Done.\n· thinking → completed\n');
  });

  it('shows the whole reply when it is not what was heard', () => {
    const progress = new WatchProgress();
    progress.isNew(statusSample());
    const events = [
      ...progress.live(writing('Something')),
      ...progress.advance(statusSample({ approvals: [] }), [reply('Else')], []),
    ];
    assert.equal(shown(events), '[2] agent: Something\n[2] agent: Else\n');
  });

  it('shows each approval and each transition once', () => {
    const progress = new WatchProgress();
    const transition = {
      revision: 4,
      from: 'thinking',
      to: 'waiting',
      cause: 'x',
      actor: 'agent',
      at: now,
      turn: 2,
    } as const;
    const first = progress.advance(statusSample(), [], [transition]);
    assert.deepEqual(
      first.map(({ type }) => type),
      ['transition', 'approval'],
    );
    assert.deepEqual(progress.advance(statusSample(), [], [transition]), []);
  });

  it('tells of a step that is tried again, on a line of its own', () => {
    const progress = new WatchProgress();
    const events = [...progress.live(writing('Half')), ...progress.live(writing('Half', 2))];
    assert.match(shown(events), /^\[1\] agent: Half\n! callModel is tried again \(attempt 2\)\n/);
  });

  it('says once that nobody answers, until somebody does', () => {
    const progress = new WatchProgress();
    assert.equal(progress.silence(), true);
    assert.equal(progress.silence(), false);
    assert.equal(progress.isNew(statusSample()), true);
    assert.equal(progress.silence(), true);
    assert.equal(progress.isNew(statusSample()), true, 'what came of it was not read');
  });
});
