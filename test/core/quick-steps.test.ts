import assert from 'node:assert/strict';
import { ApplicationFailure, defaultPayloadConverter, type ProtoFailure } from '@temporalio/common';
import proto from '@temporalio/proto';
import { failureConverter } from '../../src/contracts/failure-converter.ts';
import { commandsOf } from '../../src/core/commands.ts';
import { eventOfError } from '../../src/core/step-event.ts';
import { call, reply, startedAgent, type TestAgent } from '../support/agent-builder.ts';

const { TimeoutType } = proto.temporal.api.enums.v1;

function theStep(agent: TestAgent) {
  const [command, ...others] = commandsOf(agent.state);
  assert.deepEqual(others, []);
  assert.ok(command?.type === 'run-tool');
  return command;
}

function timedOut(timeoutType: string) {
  return { name: 'ActivityFailure', cause: { name: 'TimeoutFailure', timeoutType } };
}

const changes = { toolWaits: () => true, localLoad: () => true };

describe('quick steps', () => {
  it('are calls that may be retried, whatever happens to the first dispatch', () => {
    const quick = (tool: string) => theStep(startedAgent().asks(call(tool, { what: 'x' }))).quick;
    assert.deepEqual(['store', 'book'].map(quick), [true, false]);
  });

  it('keep off the queue of the models while that has a limited rate, and no longer', () => {
    const agent = startedAgent();
    const ask = (rated: boolean): boolean => {
      const answer = reply('', [call('store', { what: 'x' })]);
      agent.happen({ type: 'model-replied', reply: rated ? { ...answer, rated } : answer });
      const { quick } = theStep(agent);
      agent.succeeds(0);
      return quick;
    };
    assert.deepEqual([true, true, false].map(ask), [false, false, true]);
  });

  it('start again elsewhere under the same key when no worker had a slot', () => {
    const agent = startedAgent().asks(call('store', { what: 'x' }));
    const first = theStep(agent);
    const event = eventOfError(first, timedOut('SCHEDULE_TO_START'), changes);
    assert.deepEqual(event, { type: 'tool-not-started', index: 0 });
    agent.happen(event);
    const second = theStep(agent);
    assert.notEqual(second.id, first.id);
    assert.equal(second.quick, false);
    assert.deepEqual(second.invocation, first.invocation);
  });

  it('keep it in mind when an attempt before had begun, unless that said that it did nothing', () => {
    const agent = startedAgent().asks(call('store', { what: 'x' }));
    const first = theStep(agent);
    const late = { timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START } };
    /** As the SDK makes it of what the server sends. */
    const eventAfter = (cause: ProtoFailure) => {
      const failure = {
        activityFailureInfo: { activityType: { name: 'runTool' } },
        cause: { ...late, cause },
      };
      return eventOfError(first, failureConverter.failureToError(failure, defaultPayloadConverter), changes);
    };
    const lost = { timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_HEARTBEAT } };
    const said = (type: string, details: object[] = []): ProtoFailure =>
      failureConverter.errorToFailure(
        ApplicationFailure.create({ type, message: 'gone', details }),
        defaultPayloadConverter,
      );
    const doubtful = { type: 'tool-not-started', index: 0, mayHaveActed: true } as const;
    for (const cause of [lost, said('WorkerLost'), said('ToolUnavailable', [{ mayHaveActed: true }])])
      assert.deepEqual(eventAfter(cause), doubtful);
    assert.deepEqual(eventAfter(said('ToolUnavailable')), { type: 'tool-not-started', index: 0 });
    agent.happen(doubtful);
    assert.equal(theStep(agent).invocation.mayHaveActed, true);
  });

  it('are lost like any other step when a worker had begun', () => {
    const first = theStep(startedAgent().asks(call('store', { what: 'x' })));
    for (const timeout of ['START_TO_CLOSE', 'HEARTBEAT'])
      assert.equal(eventOfError(first, timedOut(timeout), changes)?.type, 'tool-lost');
    const patient = { ...first, quick: false };
    assert.equal(eventOfError(patient, timedOut('SCHEDULE_TO_START'), changes)?.type, 'tool-lost');
  });
});
