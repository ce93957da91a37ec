import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DescribedSchedule, ListedSchedule } from '../../src/client/schedules/described.ts';
import { type Ended, PerdureCli } from '../support/cli.ts';
import { finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';
import { page } from '../docs/pages.ts';
import { TemporalCli } from '../support/temporal-cli.ts';

const quick = 'model: quick\ntools: { finish: auto }\n';
/** Far enough away that nothing is started: only its times are looked at. */
const year = 2050;

function assertFails({ code, stdout, stderr }: Ended, expected: number, says: RegExp): void {
  assert.deepEqual([code, stdout], [expected, ''], stderr);
  assert.match(stderr, says);
}

describe('perdure schedule', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;

  before(async () => {
    models = await switchOfModels({ quick: { script: Array.from({ length: 50 }, () => finish()) } });
    stage = await Stage.create({ modelUrl: models.url, definitions: { quick: `${quick}---\nEnd.` } });
    cli = await PerdureCli.create({ ...stage.environment, PERDURE_AGENTS_DIR: stage.agentsDir });
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    await models.close();
  });

  const schedule = (...args: string[]): Promise<Ended> => cli.run(['schedule', ...args]);
  const described = async (...args: string[]): Promise<DescribedSchedule> =>
    (await cli.json(['schedule', ...args])) as DescribedSchedule;

  async function nextTimes(id: string, cron: string, from: string): Promise<readonly string[]> {
    const when = ['--cron', cron, '--time-zone', 'Europe/Berlin', '--start-at', from];
    return (await described('create', id, '--start', 'quick', ...when)).next;
  }

  it('keeps to the clock of its time zone when summer time begins', async () => {
    const next = await nextTimes('spring', '0 7 * * *', `${year}-03-26T00:00:00Z`);
    assert.deepEqual(next.slice(0, 3), [
      `${year}-03-26T06:00:00.000Z`,
      `${year}-03-27T05:00:00.000Z`,
      `${year}-03-28T05:00:00.000Z`,
    ]);
  });

  it('leaves out a time that the clock leaves out, and acts once at one that comes twice', async () => {
    const gap = await nextTimes('gap', '30 2 * * *', `${year}-03-26T00:00:00Z`);
    assert.deepEqual(gap.slice(0, 2), [`${year}-03-26T01:30:00.000Z`, `${year}-03-28T00:30:00.000Z`]);
    const twice = await nextTimes('twice', '30 2 30 10 *', `${year}-10-01T00:00:00Z`);
    assert.deepEqual(twice.slice(0, 2), [`${year}-10-30T01:30:00.000Z`, `${year + 1}-10-30T01:30:00.000Z`]);
  });

  it('has everything that Temporal has of a schedule', async () => {
    const calendar = { dayOfWeek: [{ start: 'monday', end: 'friday' }], hour: 9, minute: [0, 30] };
    const when = ['--calendar', JSON.stringify(calendar), '--every', '6h', '--offset', '90s'];
    const more = ['--jitter', '5m', '--overlap', 'buffer-one', '--catch-up', '2h', '--pause-on-failure'];
    const bounds = ['--start-at', `${year}-01-01T00:00:00Z`, '--end-at', `${year}-12-31T00:00:00+01:00`];
    const told = ['--agent', 'desk', '--event', 'tick', '--payload', '{"n":1}', '--start', 'quick'];
    const state = ['--note', 'for the month end', '--remaining', '12', '--paused'];
    const full = await described('create', 'full', ...told, ...when, ...more, ...bounds, ...state);
    const { times, argument, overlap, catchUpSeconds, pauseOnFailure, note, remainingActions, paused } = full;
    assert.deepEqual(times, {
      calendars: ['0,30 9 * * 1-5'],
      intervals: [{ everySeconds: 21_600, offsetSeconds: 90 }],
      excluded: [],
      ...{ timeZone: 'UTC', jitterSeconds: 300 },
      ...{ startAt: `${year}-01-01T00:00:00.000Z`, endAt: `${year}-12-30T23:00:00.000Z` },
    });
    assert.deepEqual(argument, {
      ...{ agent: 'desk', by: 'schedule full', event: { name: 'tick', payload: { n: 1 } } },
      start: { agent: 'quick', requester: 'ann' },
    });
    assert.deepEqual(
      [overlap, catchUpSeconds, pauseOnFailure, note, remainingActions, paused],
      ['buffer-one', 7_200, true, 'for the month end', 12, true],
    );
  });

  it('is paused, triggered all the same, resumed and deleted', async () => {
    await described('create', 'daily', '--start', 'quick', '--input', 'Go.', '--cron', '@daily');
    const paused = await described('pause', 'daily', '--note', 'holidays');
    assert.deepEqual([paused.paused, paused.note], [true, 'holidays']);
    assert.equal((await schedule('trigger', 'daily')).code, 0);
    let started: string | undefined;
    await until('it has acted', async () => {
      started = (await described('describe', 'daily')).recent[0]?.started;
      return started !== undefined;
    });
    assert.equal((await stage.gateway.result(started!)).status, 'completed');
    const resumed = await described('resume', 'daily');
    assert.deepEqual([resumed.paused, resumed.note], [false, 'resumed by ann']);
    assert.match((await schedule('describe', 'daily')).stdout, /daily is active[^]*0 0 \* \* \* \(UTC\)/);
    assertFails(await schedule('delete', 'daily'), 2, /say so with --yes/);
    assert.equal((await schedule('delete', 'daily', '--yes')).code, 0);
    assertFails(await schedule('describe', 'daily'), 3, /There is no schedule daily/);
  });

  it('is made by each line of the documentation', async () => {
    const lines = page('schedules.md').replaceAll('\\\n', ' ').split('\n');
    const creating = lines.filter((line) => /^(perdure|temporal) schedule create /.test(line));
    assert.equal(creating.length, 4);
    for (const line of creating) {
      const { code, stderr } = await cli.line(line);
      assert.equal(code, 0, `${line}: ${stderr}`);
    }
    const ours = await described('describe', 'nightly');
    const theirs = await described('describe', 'weekdays');
    for (const { times, workflow, taskQueue } of [ours, theirs])
      assert.deepEqual(
        [times.calendars, times.timeZone, workflow, taskQueue],
        [['0 7 * * 1-5'], 'Europe/Berlin', 'persistentAgent', 'perdure'],
      );
    assert.deepEqual(theirs.argument, { agent: 'invoice-desk', input: 'Pay what came in' });
  });

  it('says what is wrong', async () => {
    const create = (id: string, ...args: string[]): Promise<Ended> => schedule('create', id, ...args);
    await create('taken', '--start', 'quick', '--every', '1h');
    assertFails(await create('taken', '--start', 'quick', '--every', '1h'), 4, /There is a schedule taken/);
    assertFails(await create('x', '--start', 'quick'), 2, /say when: cron, calendar or every/);
    assertFails(await create('x', '--every', '1h'), 2, /--start, or --agent/);
    assertFails(
      await create('x', '--start', 'quick', '--cron', '0 25 * * *'),
      2,
      /cron.*hour: 25 is not from/,
    );
    assertFails(
      await create('x', '--start', 'quick', '--cron', '@daily', '--time-zone', 'Mars'),
      2,
      /timeZone/,
    );
    assertFails(await create('x', '--agent', 'a', '--every', '1h'), 2, /--text or --event/);
    assertFails(
      await create('x', '--start', 'quick', '--every', '1h', '--overlap', 'no'),
      2,
      /Allowed choices are skip/,
    );
    for (const command of ['pause', 'resume', 'trigger'])
      assertFails(await schedule(command, 'nothing'), 3, /There is no schedule nothing/);
    assertFails(await schedule('delete', 'nothing', '--yes'), 3, /There is no schedule nothing/);
  });

  describe('apply', () => {
    const write = (name: string, fields: string): Promise<void> =>
      writeFile(join(stage.agentsDir, `${name}.md`), `---\nname: ${name}\n${quick}${fields}---\nEnd.\n`);
    const apply = async (...more: string[]): Promise<unknown> => cli.json(['schedule', 'apply', ...more]);
    const listed = async (): Promise<string[]> =>
      ((await cli.json(['schedule', 'list'])) as ListedSchedule[]).map(({ schedule: id }) => id);

    it('makes of every definition what its file says, and nothing twice', async () => {
      await write('weekly', 'schedule: { cron: "0 7 * * 1", timeZone: Europe/Berlin, input: Sum up. }\n');
      await write('pulse', 'schedule: { every: 1h, agent: pulse-main, text: What is new?, note: hourly }\n');
      const both = (change: string) =>
        ['pulse', 'weekly'].map((name) => ({ schedule: `perdure.${name}`, definition: name, change }));
      assert.deepEqual(await apply(), both('created'));
      assert.deepEqual(await apply(), both('unchanged'));
      const weekly = await described('describe', 'perdure.weekly');
      assert.deepEqual(weekly.times.calendars, ['0 7 * * 1']);
      assert.deepEqual(weekly.argument, {
        ...{ agent: 'weekly', input: 'Sum up.', requester: 'schedule perdure.weekly' },
      });
      const { note, argument, definition } = await described('describe', 'perdure.pulse');
      assert.deepEqual([note, definition], ['hourly', 'pulse']);
      assert.deepEqual((argument as { start: unknown }).start, {
        ...{ agent: 'pulse', input: '', requester: 'schedule perdure.pulse' },
      });
    });

    it('changes what has changed, also by hand, and leaves a pause', async () => {
      await described('pause', 'perdure.weekly', '--note', 'holidays');
      await write('weekly', 'schedule: { cron: "0 8 * * 1", timeZone: Europe/Berlin }\n');
      const temporal = await TemporalCli.at(stage);
      const what = ['--type', 'persistentAgent', '--task-queue', 'perdure', '--workflow-id', 'x'];
      const byHand = ['--schedule-id', 'perdure.pulse', '--interval', '2h', ...what];
      assert.equal((await temporal.run('schedule', 'update', ...byHand)).code, 0);
      assert.deepEqual(await apply(), [
        { schedule: 'perdure.pulse', definition: 'pulse', change: 'updated' },
        { schedule: 'perdure.weekly', definition: 'weekly', change: 'updated' },
      ]);
      const { paused, note, times } = await described('describe', 'perdure.weekly');
      assert.deepEqual([paused, note, times.calendars], [true, 'holidays', ['0 8 * * 1']]);
      assert.deepEqual((await described('describe', 'perdure.pulse')).times.intervals, [
        { everySeconds: 3_600, offsetSeconds: 0 },
      ]);
    });

    it('removes what no file has any more, when told so', async () => {
      await until('the list has it', async () => (await listed()).includes('perdure.weekly'));
      await write('weekly', '');
      assertFails(await schedule('apply'), 2, /would remove perdure\.weekly/);
      assert.deepEqual(await apply('--yes'), [
        { schedule: 'perdure.pulse', definition: 'pulse', change: 'unchanged' },
        { schedule: 'perdure.weekly', change: 'removed' },
      ]);
      assertFails(await schedule('describe', 'perdure.weekly'), 3, /There is no schedule/);
      await until('the list has it no more', async () => !(await listed()).includes('perdure.weekly'));
    });

    it('does nothing while a file has mistakes', async () => {
      await write('pulse', 'schedule: { every: 1h, timeZone: Mars, agent: x }\n');
      const { code, stdout, stderr } = await schedule('apply', '--yes');
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /pulse\.md:5: schedule\.timeZone: an IANA time zone/);
      assert.deepEqual((await described('describe', 'perdure.pulse')).times.timeZone, 'UTC');
      await rm(join(stage.agentsDir, 'pulse.md'));
    });

    it('leaves alone what somebody else has made', async () => {
      await described('create', 'perdure.other', '--start', 'quick', '--every', '1d');
      await write('other', 'schedule: { every: 1h }\n');
      assertFails(await schedule('apply', '--yes'), 4, /was not made of a definition/);
      await rm(join(stage.agentsDir, 'other.md'));
      await apply('--yes');
      const { times } = await described('describe', 'perdure.other');
      assert.equal(times.intervals[0]?.everySeconds, 86_400);
    });
  });
});
