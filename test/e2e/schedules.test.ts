import assert from 'node:assert/strict';
import type { DescribedSchedule } from '../../src/client/schedules/described.ts';
import { calls, finish, type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { sentTo } from '../support/sent-to.ts';
import { Stage, until } from '../support/stage.ts';
import { TemporalCli } from '../support/temporal-cli.ts';

/** More than any test here lets agents ask for. */
const many = 500;
/** Waits for `go` and then ends, whoever of the many agents asks. */
const patient: Step = ({ body }) =>
  body.messages.some(({ role }) => role === 'tool') ? finish() : calls(['wait_for_event', { name: 'go' }]);

const scripts: Readonly<Record<string, readonly Step[]>> = {
  quick: Array.from({ length: many }, () => finish()),
  patient: Array.from({ length: many }, () => patient),
  desk: Array.from({ length: many }, () => ({ text: 'Noted.' })),
};

const definitions = {
  quick: 'model: quick\ntools: { finish: auto }\n---\nEnd at once.',
  patient: 'model: patient\ntools: { wait_for_event: auto, finish: auto }\n---\nWait.',
  desk: 'model: desk\nlifetime: persistent\n---\nListen.',
};

/** Scheduled times are whole seconds, and Temporal puts them behind the schedule's id. */
const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;

describe('schedules that act every second', () => {
  let models: ModelSwitch;
  let stage: Stage;

  before(async () => {
    const described = Object.entries(scripts).map(([name, script]) => [name, { script }] as const);
    models = await switchOfModels(Object.fromEntries(described));
    stage = await Stage.create({ modelUrl: models.url, definitions });
  });
  after(async () => {
    await stage.dispose();
    await models.close();
  });

  /** Polls until the schedule's description fits. */
  async function described(
    id: string,
    fits: (now: DescribedSchedule) => boolean,
  ): Promise<DescribedSchedule> {
    let now: DescribedSchedule | undefined;
    const holds = async (): Promise<boolean> => fits((now = await stage.gateway.schedules.describe(id)));
    await until(`schedule ${id} gets there`, holds, () => JSON.stringify(now));
    return now!;
  }

  const start = (agent: string) => ({ kind: 'start', start: { agent, input: 'Go.' } }) as const;
  const everySecond = (overlap: string) => ({ every: '1s', overlap });

  it('starts a new agent each time, as often as it may', async () => {
    const { schedules } = stage.gateway;
    await schedules.create({
      ...{ id: 'thrice', action: start('quick'), timing: everySecond('allow-all'), remainingActions: 3 },
    });
    const { recent, remainingActions } = await described('thrice', ({ counts }) => counts.taken === 3);
    assert.equal(remainingActions, 0);
    const ids = recent.map(({ started }) => started);
    assert.equal(new Set(ids).size, 3);
    for (const id of ids) {
      assert.match(id, new RegExp(`^thrice-${time}$`));
      assert.deepEqual(await stage.gateway.result(id), { status: 'completed', result: 'done' });
    }
  });

  it('skips a time while the agent of the last one lives', async () => {
    const { schedules } = stage.gateway;
    await schedules.create({ id: 'skipping', action: start('patient'), timing: everySecond('skip') });
    const { running } = await described('skipping', ({ counts }) => counts.skippedOverlap >= 2);
    assert.equal(running.length, 1);
    await stage.gateway.send(running[0]!, 'event', { name: 'go' });
    const next = await described('skipping', (now) => now.running.some((id) => id !== running[0]));
    assert.equal(next.running.length, 1);
    await schedules.delete('skipping');
    // What it started is none of the schedule's business any more.
    await stage.gateway.send(next.running[0]!, 'event', { name: 'go' });
    assert.equal((await stage.gateway.result(next.running[0]!)).status, 'completed');
  });

  it('keeps one time for later', async () => {
    const { schedules } = stage.gateway;
    const timing = everySecond('buffer-one');
    await schedules.create({ id: 'buffering', action: start('patient'), timing, remainingActions: 2 });
    const { running } = await described('buffering', ({ counts }) => counts.buffered === 1);
    assert.equal(running.length, 1);
    await stage.gateway.send(running[0]!, 'event', { name: 'go' });
    const next = await described('buffering', (now) => now.running.some((id) => id !== running[0]));
    assert.deepEqual([next.running.length, next.counts.taken], [1, 2]);
    await schedules.delete('buffering');
  });

  it('lets agents live side by side', async () => {
    const { schedules } = stage.gateway;
    const timing = everySecond('allow-all');
    await schedules.create({ id: 'crowding', action: start('patient'), timing, remainingActions: 3 });
    const { recent } = await described('crowding', ({ counts }) => counts.taken === 3);
    for (const { started } of recent) await stage.untilStatus(started, ({ status }) => status === 'waiting');
  });

  it('pauses when what it started fails', async () => {
    const { schedules } = stage.gateway;
    await schedules.create({
      id: 'failing',
      action: { kind: 'message', message: { agent: 'nobody', text: 'Hello?' } },
      timing: { ...everySecond('skip'), pauseOnFailure: true },
    });
    const { recent, note } = await described('failing', ({ paused }) => paused);
    assert.match(note ?? '', /failure/);
    const outcome = await stage.gateway.result(recent[0]!.started);
    assert.equal(outcome.status === 'failed' && outcome.failure.type, 'NotFound');
  });

  /** So many seconds that the worker is killed and missed before the last of them. */
  const pulses = 12;

  it('speaks to one agent once for each time, starts it once, and loses nothing when the worker is killed', async () => {
    const { schedules } = stage.gateway;
    const message = {
      agent: 'desk-main',
      text: 'What is new?',
      by: 'schedule pulse',
      start: { agent: 'desk' },
    };
    await schedules.create({
      ...{ id: 'pulse', action: { kind: 'message', message }, remainingActions: pulses },
      timing: everySecond('buffer-all'),
    });
    await described('pulse', ({ counts }) => counts.taken >= 2);
    await stage.killWorker();
    await described('pulse', ({ counts }) => counts.buffered > 0);
    await stage.startWorker();
    const ended = ({ counts, running }: DescribedSchedule): boolean =>
      counts.taken === pulses && running.length === 0;
    await described('pulse', ended);
    // The server keeps signals out of the history while a task is under way, also one that died with its worker.
    let heard: Awaited<ReturnType<typeof sentTo>> = [];
    const areHeard = async (): Promise<boolean> =>
      (heard = await sentTo(stage, 'desk-main', 'message')).length >= pulses;
    await until('all are told', areHeard, () => JSON.stringify(heard));
    assert.equal(heard.length, pulses);
    assert.equal(new Set(heard.map(({ id }) => id)).size, pulses);
    for (const { id, by, text } of heard) {
      assert.match(String(id), new RegExp(`^pulse-${time}$`));
      assert.deepEqual([by, text], ['schedule pulse', 'What is new?']);
    }
    assert.equal((await stage.client.workflow.count(`WorkflowId = 'desk-main'`)).count, 1);
    await stage.untilStatus('desk-main', ({ queued, interruptions }) => {
      return queued.messages === 0 && interruptions.length > 0;
    });
  });

  it('reports an event to an agent that waits for it', async () => {
    const { agent } = await stage.gateway.start({ agent: 'patient', input: 'Go.' }, { id: 'woken' });
    const event = { name: 'go', payload: { count: 1 } };
    await stage.gateway.schedules.create({
      ...{ id: 'alarm', action: { kind: 'message', message: { agent, event } }, remainingActions: 1 },
      timing: { cron: '* * * * * * *' },
    });
    assert.deepEqual(await stage.gateway.result('woken'), { status: 'completed', result: 'done' });
  });

  it("can be made with nothing but Temporal's own command line", async () => {
    const temporal = await TemporalCli.at(stage);
    const what = ['--type', 'persistentAgent', '--task-queue', 'perdure', '--workflow-id', 'plain'];
    const when = ['--interval', '1s', '--overlap-policy', 'AllowAll', '--remaining-actions', '2'];
    const input = JSON.stringify({ agent: 'quick', input: 'Go.' });
    const all = ['--schedule-id', 'plain', ...when, ...what, '--input', input];
    const { code, stderr } = await temporal.run('schedule', 'create', ...all);
    assert.equal(code, 0, stderr);
    const { recent } = await described('plain', ({ counts }) => counts.taken === 2);
    for (const { started } of recent) assert.equal((await stage.gateway.result(started)).status, 'completed');
    // Seven is Sunday too; the SDK can't read it.
    const sunday = ['--schedule-id', 'sundays', '--cron', '0 8 * * 7', ...what, '--input', input];
    assert.equal((await temporal.run('schedule', 'create', ...sunday)).code, 0);
    await until('the list has both', async () => {
      const listed = (await stage.gateway.schedules.list()).map(({ schedule }) => schedule);
      return ['plain', 'sundays'].every((id) => listed.includes(id));
    });
  });

  it('gives a message by hand the id of its workflow, and refuses a wrong one', async () => {
    const temporal = await TemporalCli.at(stage);
    await stage.gateway.start({ agent: 'desk' }, { id: 'desk-2' });
    const say = async (id: string, input: unknown): Promise<number> => {
      const what = ['--type', 'messageAgent', '--task-queue', 'perdure', '--workflow-id', id];
      return (await temporal.run('workflow', 'execute', ...what, '--input', JSON.stringify(input))).code;
    };
    assert.equal(await say('by-hand', { agent: 'desk-2', text: 'Hello' }), 0);
    assert.notEqual(await say('wrong', { agent: 'desk-2', words: 'Hello' }), 0);
    assert.deepEqual(await sentTo(stage, 'desk-2', 'message'), [
      { text: 'Hello', by: 'schedule', id: 'by-hand' },
    ]);
  });
});
