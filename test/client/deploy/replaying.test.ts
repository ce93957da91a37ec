import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReplayProcess } from '../../../src/client/deploy/replaying.ts';
import { GatewayError } from '../../../src/client/gateway-error.ts';

const histories = join(import.meta.dirname, '../../histories');
const jsonOf = (file: string): unknown => JSON.parse(readFileSync(join(histories, file), 'utf8'));

describe('replaying a history in a process of its own', function () {
  this.timeout(60_000);
  let replayer: ReplayProcess;
  before(() => {
    replayer = new ReplayProcess();
  });
  after(() => replayer.close());

  it('says that it fits, how long it is and of which run it is', async () => {
    const verdict = await replayer.judge({ agent: 'waits', history: jsonOf('waits.json') });
    assert.ok(verdict.compatible);
    assert.ok(verdict.events > 10 && verdict.run.length === 36);
  });

  it('says that one fits which ends with what no worker has taken on yet', async () => {
    const { events } = jsonOf('many-turns.json') as { events: { eventType: string }[] };
    const scheduled = events.findIndex(
      ({ eventType }, index) => index > 20 && eventType === 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED',
    );
    const history = { events: events.slice(0, scheduled + 1) };
    assert.equal(history.events.at(-2)?.eventType, 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED');
    const verdict = await replayer.judge({ agent: 'many-turns', history });
    assert.ok(verdict.compatible, JSON.stringify(verdict));
  });

  it('says where they part, what the history has there and what the code would do', async () => {
    const history = jsonOf('must-fail/another-workflow.json');
    const verdict = await replayer.judge({ agent: 'oracle', history });
    assert.ok(!verdict.compatible);
    const { parting, reason } = verdict;
    assert.equal(parting?.event.type, 'ActivityTaskScheduled');
    assert.equal(parting.history, 'starts the activity askOracle');
    assert.equal(parting.code, 'starts the activity callModel');
    assert.match(reason, /TMPRL1100/);
    const { events } = history as { events: { eventId: string; eventType: string }[] };
    const named = events.find(({ eventId }) => Number(eventId) === parting.event.id);
    assert.equal(named?.eventType, 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED');
  });

  it('answers several that are asked at once, each for its own', async () => {
    const files = ['waits.json', 'must-fail/another-workflow.json', 'messages/told.json'];
    const verdicts = await Promise.all(
      files.map((file) => replayer.judge({ agent: file, history: jsonOf(file) })),
    );
    assert.deepEqual(
      verdicts.map(({ agent, compatible }) => [agent, compatible]),
      files.map((file) => [file, !file.startsWith('must-fail')]),
    );
  });

  for (const [what, history] of Object.entries({
    'something else': { answer: 42 },
    'a history that begins in the middle': { events: [{ eventId: '5', timerFiredEventAttributes: {} }] },
    nothing: null,
  }))
    it(`says that ${what} is no history`, async () => {
      const verdict = await replayer.judge({ agent: 'x', history });
      assert.ok(!verdict.compatible && verdict.parting === undefined);
      assert.match(verdict.reason, /^this is not (a|the) history/);
    });

  it('fails rather than waits when the process is gone', async () => {
    const gone = new ReplayProcess();
    await gone.close();
    await assert.rejects(gone.judge({ agent: 'x', history: {} }), GatewayError);
  });
});
