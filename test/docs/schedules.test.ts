import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { MessageAgent } from '../../src/contracts/message-agent.ts';
import { DefinitionSchedule, Overlap, ScheduleTiming } from '../../src/contracts/schedule.ts';
import { AgentStart } from '../../src/contracts/start.ts';
import { codes, page, rows, section } from './pages.ts';

/** The names in the first column of a section's tables. */
const named = (text: string): string[] => rows(text).flatMap(([name]) => codes(name));

describe('docs/schedules.md', () => {
  const text = page('schedules.md');

  it('explains every field', () => {
    const timing = Object.keys(ScheduleTiming.shape);
    assert.deepEqual(named(section(text, '## When')), [...timing, ...Overlap.options]);
    const own = Object.keys(DefinitionSchedule.shape).filter((name) => !timing.includes(name));
    assert.deepEqual(named(section(text, '## In a definition')), own);
    const message = named(section(text, '## The same agent each time'));
    assert.deepEqual(
      message.map((name) => name.replace('?', '')),
      Object.keys(MessageAgent.shape),
    );
  });

  it('has a line of front matter that is accepted', () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const { schedule } = parse(yaml) as { schedule: unknown };
    assert.equal(DefinitionSchedule.parse(schedule).timeZone, 'Europe/Berlin');
  });

  it('has lines for the temporal command line with arguments that are accepted', () => {
    const inputs = [...text.matchAll(/--input '(\{.+\})'/g)].map(
      ([, input]) => JSON.parse(input ?? '') as unknown,
    );
    assert.equal(inputs.length, 2);
    assert.ok(AgentStart.safeParse(inputs[0]).success);
    assert.ok(MessageAgent.safeParse(inputs[1]).success);
  });
});
