import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/contracts/json.ts';
import { MAX_WATCH_FAILURES } from '../../src/core/bounds.ts';
import { wakesOf } from '../../src/core/clock.ts';
import { commandsOf } from '../../src/core/commands.ts';
import { interruptionsOf } from '../../src/core/interruptions.ts';
import {
  call,
  DAY_MS,
  definitionOf,
  HOUR_MS,
  manifests,
  startedAgent,
  TestAgent,
} from '../support/agent-builder.ts';

const auto = [{ mode: 'auto' as const }];

function watching(more: JsonObject = {}): TestAgent {
  const asked = { tool: 'look', args: { what: 'x' }, condition: 'result.open == 0', every: '1h', ...more };
  return startedAgent({ tools: { watch: auto } }).asks(call('watch', asked));
}

function checks({ state }: TestAgent): string[] {
  return commandsOf(state).flatMap((command) =>
    command.type === 'check-condition' ? [`${command.invocation.tool} until ${command.condition}`] : [],
  );
}

const notHeld = { type: 'condition-checked', turn: 1, index: 0, found: { type: 'not-held' } } as const;

describe('watching for a condition', () => {
  it('runs the tool from time to time, without the model, until it holds', () => {
    const agent = watching();
    assert.deepEqual(checks(agent), ['look until result.open == 0']);
    assert.equal(interruptionsOf(agent.state)[0]?.kind, 'condition');
    const { revision } = agent.state;
    for (let day = 0; day < 30; day += 1) {
      agent.happen(notHeld);
      assert.deepEqual(checks(agent), []);
      assert.deepEqual(
        wakesOf(agent.state).map(({ at }) => at),
        [agent.now + HOUR_MS],
      );
      agent.wait(HOUR_MS);
      assert.equal(checks(agent).length, 1);
    }
    assert.equal(agent.state.revision, revision, 'nothing has changed for people');
    agent.happen({
      type: 'condition-checked',
      turn: 1,
      index: 0,
      found: { type: 'held', result: { open: 0 } },
    });
    assert.deepEqual(agent.results.at(-1), { ok: true, result: { result: { open: 0 }, checks: 31 } });
    assert.equal(agent.state.phase, 'thinking');
  });

  it('gives up when its time is over, and checks at once on resume', () => {
    const agent = watching({ timeout: '2d' }).happen(notHeld);
    agent.send('resume', { by: 'ann' });
    assert.equal(checks(agent).length, 1);
    agent.wait(2 * DAY_MS);
    assert.deepEqual(agent.lastResults(1), ['Expired']);
  });

  it('takes no notice of a check that comes after its call is over, not even in the next call of the same place', () => {
    const agent = watching({ timeout: '2h' });
    agent.wait(2 * HOUR_MS);
    assert.deepEqual(agent.lastResults(1), ['Expired']);
    agent.asks(
      call('watch', { tool: 'look', args: { what: 'y' }, condition: 'result.open == 1', every: '1h' }),
    );
    const { state } = agent;
    agent.happen({
      type: 'condition-checked',
      turn: 1,
      index: 0,
      found: { type: 'held', result: { open: 0 } },
    });
    agent.happen({
      type: 'condition-lost',
      turn: 1,
      index: 0,
      problem: { type: 'ToolTimeout', message: 'slow' },
    });
    assert.deepEqual(agent.state.calls, state.calls);
    agent.happen({
      type: 'condition-checked',
      turn: 2,
      index: 0,
      found: { type: 'held', result: { open: 1 } },
    });
    assert.deepEqual(agent.results.at(-1), { ok: true, result: { result: { open: 1 }, checks: 1 } });
  });

  it('starts nothing while the agent is paused, and goes on afterwards', () => {
    const agent = watching().happen(notHeld);
    agent.send('pause', { by: 'ann' });
    agent.wait(HOUR_MS);
    agent.send('resume', { by: 'ann' });
    assert.equal(checks(agent).length, 1);
  });

  it('tells the model of a condition that says nothing, and of a tool that always fails', () => {
    const unclear = watching().happen({
      type: 'condition-checked',
      turn: 1,
      index: 0,
      found: { type: 'unclear', problem: 'no such field' },
    });
    assert.match(JSON.stringify(unclear.results.at(-1)), /condition: no such field/);
    const failing = watching();
    for (let times = 0; times < MAX_WATCH_FAILURES; times += 1) {
      assert.equal(failing.state.phase, 'acting');
      failing.happen({
        type: 'condition-lost',
        turn: 1,
        index: 0,
        problem: { type: 'ToolTimeout', message: 'slow' },
      });
      failing.wait(HOUR_MS);
    }
    assert.deepEqual(failing.lastResults(1), ['ToolTimeout']);
  });

  it('lets the tool reach the memories that its own calls reach', () => {
    const options = { tools: { watch: auto, recall: auto }, definition: { memory: 'definition' as const } };
    const loaded = {
      definition: definitionOf(options),
      manifests: manifests.map((manifest) =>
        manifest.name === 'look' ? { ...manifest, name: 'recall', remembers: true as const } : manifest,
      ),
    };
    const asked = { tool: 'recall', args: { what: 'x' }, condition: 'result.memories != []', every: '1h' };
    const agent = new TestAgent().happen({ type: 'definition-loaded', loaded }).asks(call('watch', asked));
    const [command] = commandsOf(agent.state);
    assert.ok(command?.type === 'check-condition');
    assert.deepEqual(command.invocation.memory, { definition: 'clerk', scope: 'definition' });
  });

  const refused: Record<string, [more: JsonObject, type: string]> = {
    'a tool that is not there': [{ tool: 'ghost' }, 'NotFound'],
    'a tool that does something': [{ tool: 'store' }, 'Invalid'],
    'a tool that is asked about': [{ tool: 'shout' }, 'Invalid'],
    'arguments that do not fit': [{ args: { what: 7 } }, 'Invalid'],
    'a condition that is none': [{ condition: 'result.open ==' }, 'Invalid'],
    'a condition that could take for ever': [{ condition: 'result.matches("(a+)+b")' }, 'Invalid'],
  };
  for (const [name, [more, type]] of Object.entries(refused)) {
    it(`is refused for ${name}`, () => {
      assert.deepEqual(watching(more).lastResults(1), [type]);
    });
  }

  it('is refused where policy would ask people about the tool', () => {
    const ask = [{ mode: 'approve' as const }];
    const asked = { tool: 'look', args: { what: 'x' }, condition: 'true', every: '1h' };
    const agent = startedAgent({ tools: { watch: auto, look: ask } }).asks(call('watch', asked));
    assert.deepEqual(agent.lastResults(1), ['Forbidden']);
  });
});

describe('waiting for an event with a filter', () => {
  const wait = call('wait_for_event', { name: 'order', filter: 'payload.amount > 100.0' });

  it('lets only those through of which it holds, and keeps the others', () => {
    const agent = startedAgent().asks(wait);
    agent.send('event', { name: 'order', payload: { amount: 50 } });
    agent.send('event', { name: 'order', payload: 'strange' });
    assert.equal(agent.state.status, 'waiting');
    agent.send('event', { name: 'order', payload: { amount: 500 } });
    assert.deepEqual(agent.results.at(-1), {
      ok: true,
      result: { name: 'order', payload: { amount: 500 } },
    });
    assert.equal(agent.state.events.length, 2);
  });

  it('finds one that came before', () => {
    const agent = startedAgent();
    for (const amount of [10, 200, 300]) agent.send('event', { name: 'order', payload: { amount } });
    agent.asks(wait);
    assert.match(JSON.stringify(agent.results.at(-1)), /"amount":200/);
  });
});
