import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { isStep } from '../../src/contracts/command.ts';
import { EDITION } from '../../src/contracts/definition.ts';
import { AgentState, STATE_VERSION } from '../../src/contracts/state.ts';
import { beginRun } from '../../src/core/begin.ts';
import { changeNames, changesBy } from '../../src/core/changes.ts';
import { commandsOf } from '../../src/core/commands.ts';
import { readState } from '../../src/core/upcast.ts';
import { TestAgent } from '../support/agent-builder.ts';
import { changesBeyondGrowth } from '../support/schema-growth.ts';
import { assertInvariants, isItsOwn } from './invariants.ts';

const folder = join(import.meta.dirname, 'states');
type Sample = Record<string, unknown>;
/** Of a run of which no more is known than who began it. */
const untold = { occasion: {}, changes: changesBy(() => false) };

function sample(version: number): Sample {
  return JSON.parse(readFileSync(join(folder, `state-v${version}.json`), 'utf8')) as Sample;
}

function read(value: unknown): AgentState {
  const result = readState(value);
  return result.ok ? result.state : assert.fail(result.reason);
}

function unreadable(value: unknown): string {
  const result = readState(value);
  return result.ok ? assert.fail('it was read') : result.reason;
}

/** Samples are what a real agent carried, by `test/support/record-state.ts`; nobody writes or mends them by hand. */
describe('carried state', () => {
  const versions = Array.from({ length: STATE_VERSION }, (_, index) => index + 1);

  it('has a recorded sample of every version', () => {
    const files = readdirSync(folder).filter((file) => file.startsWith('state-'));
    assert.deepEqual(files.toSorted(), versions.map((version) => `state-v${version}.json`).toSorted());
  });

  for (const version of versions) {
    it(`of version ${version} is read, and nothing that it holds is lost`, () => {
      const recorded = sample(version);
      const state = read(recorded);
      assertInvariants(state);
      const { version: _, ...kept } = recorded;
      assert.deepEqual(
        kept,
        Object.fromEntries(Object.keys(kept).map((key) => [key, state[key as keyof AgentState]])),
      );
      // What a sample must have so that reading it means anything.
      for (const list of [state.inbox, state.events, state.notes, state.digest, state.seenIds, state.calls])
        assert.ok(list.length > 0);
      const statuses = state.approvals.map(({ status }) => status);
      assert.ok(statuses.includes('open') && statuses.includes('decided'));
    });

    it(`of version ${version} begins a run that goes on`, () => {
      const { agentId, firstRunId } = read(sample(version));
      const known = { agentId, firstRunId, at: 0, askedAt: 0, continues: true, ...untold };
      const begun = beginRun({ agent: 'agent-1' }, { state: sample(version) }, known);
      assert.ok(begun.ok);
      const agent = new TestAgent();
      agent.state = begun.state;
      agent.now = begun.state.since + 1_000;
      agent.send('resume', { by: 'ann' });
      for (const approval of begun.state.approvals.filter(({ status }) => status === 'open')) {
        const decision = approval.subject === 'question' ? 'respond' : 'reject';
        assert.equal(
          agent.send('decide', { approval: approval.id, decision, message: 'x', by: 'ann' }),
          undefined,
        );
      }
      agent.send('resume', { by: 'ann' });
      agent.send('event', { name: 'delivery' });
      assert.equal(agent.state.phase, 'thinking');
      assert.deepEqual(
        commandsOf(agent.state)
          .filter(isStep)
          .filter(isItsOwn)
          .map(({ type }) => type),
        ['call-model'],
      );
      const told = JSON.stringify(agent.state.context);
      assert.match(told, /Read me next/);
      assert.match(told, /Und mich: 漢字/);
      // What was accepted before the run began is still recognised.
      agent.send('message', { text: 'Read me next', by: 'bert', id: 'm1' });
      assert.deepEqual(agent.state.inbox, []);
    });
  }

  it('of the present version is read as it is', () => {
    assert.deepEqual(read(sample(STATE_VERSION)), sample(STATE_VERSION));
  });

  it('of a newer version is not read, and the reason says what to do', () => {
    const newer = { ...sample(STATE_VERSION), version: STATE_VERSION + 1 };
    assert.match(
      unreadable(newer),
      new RegExp(
        `version ${STATE_VERSION + 1}, this worker reads up to ${STATE_VERSION}: run one that is as new`,
      ),
    );
  });

  it('that is broken is not read, and the reason names version and field', () => {
    const { notes: _, ...broken } = sample(1);
    assert.match(unreadable(broken), /version 1: notes/);
    for (const value of [undefined, null, 7, {}, { version: 0 }, { version: '1' }])
      assert.match(unreadable(value), /version|expected object/);
  });

  it('says of unreadable state that it was carried, so that the agent is not ended for it', () => {
    const known = { agentId: 'a', firstRunId: 'r', at: 0, askedAt: 0, continues: true, ...untold };
    for (const carried of [7, {}, { state: { version: 99 } }]) {
      const begun = beginRun({ agent: 'a' }, carried, known);
      assert.ok(!begun.ok && begun.isCarried);
    }
    const wrong = beginRun({ agnt: 'a' }, undefined, known);
    assert.ok(!wrong.ok && !wrong.isCarried);
  });

  it('is taken only from a run that this one continues', () => {
    const carried = { state: sample(STATE_VERSION) };
    const started = { agentId: 'a', firstRunId: 'r', at: 0, askedAt: 0, continues: false, ...untold };
    const begun = beginRun({ agent: 'agent-1' }, carried, started);
    assert.ok(!begun.ok && !begun.isCarried);
    assert.match(begun.rejection.message, /only a run that continues another one/);
    // A cron schedule begins a second run with what the first one was given.
    const { agentId, firstRunId } = read(sample(STATE_VERSION));
    for (const other of [{ agentId }, { firstRunId }, {}]) {
      const next = beginRun({ agent: 'agent-1' }, carried, { ...started, ...other, continues: true });
      assert.ok(!next.ok && next.rejection.message === 'the carried state is of another agent');
    }
    const own = { ...started, agentId, firstRunId, continues: true };
    assert.ok(beginRun({ agent: 'agent-1' }, carried, own).ok);
  });

  it('goes on by the rules of now, unless they are held back', () => {
    const before = read(sample(STATE_VERSION));
    const { edition: _, datesSeals: _dates, ...ofBefore } = before.definition!;
    const carried = { state: { ...before, definition: { ...ofBefore, trusted: ['key'] } } };
    const rulesWith = (isMade: (name: string) => boolean): unknown => {
      const { agentId, firstRunId } = before;
      const known = { agentId, firstRunId, at: 0, askedAt: 0, continues: true, occasion: {} };
      const begun = beginRun({ agent: 'agent-1' }, carried, { ...known, changes: changesBy(isMade) });
      assert.ok(begun.ok);
      const { edition, datesSeals } = begun.state.definition!;
      return { edition, datesSeals };
    };
    assert.deepEqual(
      rulesWith((name) => name === changeNames.edition),
      { edition: EDITION, datesSeals: true },
    );
    assert.deepEqual(
      rulesWith((name) => name !== changeNames.edition),
      { edition: undefined, datesSeals: undefined },
    );
  });

  it('is what lets a run begin that Temporal starts once more', () => {
    const { agentId, firstRunId } = read(sample(STATE_VERSION));
    const known = { agentId, firstRunId, at: 0, askedAt: 0, continues: true, changes: changesBy(() => true) };
    const start = { agent: 'agent-1', input: 'Go.' };
    for (const occasion of [{ cronSchedule: '* * * * *' }, { attempt: 2 }]) {
      const again = beginRun(start, undefined, { ...known, occasion });
      assert.ok(!again.ok && !again.isCarried);
      assert.match(again.rejection.message, /an agent has one life/);
      assert.ok(beginRun(start, { state: sample(STATE_VERSION) }, { ...known, occasion }).ok);
      assert.ok(beginRun(start, undefined, { ...known, ...untold, occasion }).ok);
    }
    for (const occasion of [
      { cronSchedule: '', attempt: 1 },
      { cronSchedule: null, attempt: null },
    ])
      assert.ok(beginRun(start, undefined, { ...known, occasion }).ok);
  });
});

describe('the schema of the state', () => {
  const recorded = JSON.parse(readFileSync(join(folder, `schema-v${STATE_VERSION}.json`), 'utf8')) as object;
  const now = z.toJSONSchema(AgentState);

  it('only grows within a version: raise STATE_VERSION and write an upcaster, or make it optional', () => {
    assert.deepEqual(changesBeyondGrowth({ ...recorded }, { ...now }), []);
  });

  it('is watched for whatever would make an old state unreadable', () => {
    const base = AgentState.shape;
    const changed = (shape: object): string[] =>
      changesBeyondGrowth({ ...now }, { ...z.toJSONSchema(z.object({ ...base, ...shape })) });
    assert.deepEqual(changed({ added: z.string().optional() }), []);
    assert.deepEqual(changed({ phase: z.enum([...base.phase.options, 'dreaming']) }), []);
    assert.deepEqual(changed({ added: z.string() }), ['state.added is required now']);
    assert.deepEqual(changed({ notes: z.array(z.number()) }), ['state.notes[]: type has changed']);
    assert.deepEqual(changed({ phase: z.enum(['loading']) }).length, 3);
    assert.deepEqual(changed({ turn: z.int().optional() }), ['state.turn is not required any more']);
    const limits = z.object({ ...base.limits.shape, usd: z.string().optional() });
    assert.deepEqual(changed({ limits }), ['state.limits.usd: type has changed']);
    const renamed = base.inbox.element.omit({ id: true }).extend({ ident: z.string().optional() });
    assert.deepEqual(changed({ inbox: z.array(renamed) }), ['state.inbox[].id is gone']);
  });
});
