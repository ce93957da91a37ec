import assert from 'node:assert/strict';
import { msToTs } from '@temporalio/common/lib/time.js';
import { DefaultLogger, type InjectedSinks, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import { millisecondsOf } from '../../src/contracts/wire-time.ts';
import { workflowCode } from '../support/workflow-code.ts';
import type { ContextSinks } from '../../src/workflows/context-feed.ts';
import type { TelemetrySinks } from '../../src/workflows/telemetry.ts';
import { historyFiles, historyIn, messageFiles, mustFail, recorded } from '../support/histories.ts';

const setBackFile = 'many-turns.json';
const setBackName = 'clock-set-back';
const setBackRun = '00000000-0000-4000-8000-000000000001';
const hourMs = 3_600_000;

const files = [...historyFiles, ...messageFiles].toSorted();

/** What agents did on a real server, recorded by `test/support/record-histories.ts`, must come out of today's code again. */
describe('the workflow code', function () {
  this.timeout(60_000);

  before(() => {
    // The history that must fail would be reported at length.
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
      shutdownSignals: [],
    });
  });

  // No history was recorded with it: looking on must change nothing.
  for (const watched of [false, true])
    describe(watched ? 'of a worker that traces or counts' : 'as it is', () => {
      const results = new Map<string, Error | undefined>();

      before(async () => {
        const nothing = { fn: (): void => undefined };
        const sinks: InjectedSinks<ContextSinks & TelemetrySinks> = {
          context: { feed: nothing },
          telemetry: { span: nothing, count: nothing },
        };
        const workflowBundle = { code: await workflowCode({ watched }) };
        const histories = [...files.map(historyIn), withClockSetBack(historyIn(setBackFile))];
        const options = { workflowBundle, dataConverter, sinks };
        for await (const { runId, error } of Worker.runReplayHistories(options, histories)) {
          const file = histories.find((history) => history.runId === runId)?.file;
          results.set(file ?? runId, error);
        }
      });

      it('has histories to replay, of agents that continued as new too', () => {
        assert.ok(recorded.length >= 6 && mustFail.length > 0 && messageFiles.length > 0);
        assert.ok(recorded.some((file) => file.endsWith('-2.json')));
        assert.deepEqual([...results.keys()].toSorted(), [...files, setBackName].toSorted());
      });

      for (const file of [...recorded, ...messageFiles]) {
        it(`replays ${file}`, () => {
          assert.ok(results.has(file));
          assert.equal(results.get(file), undefined);
        });
      }

      it(`replays ${setBackFile} although the server's clock was set back in the middle of it`, () => {
        assert.ok(results.has(setBackName));
        assert.equal(results.get(setBackName), undefined);
      });

      for (const file of mustFail) {
        it(`does not replay ${file}`, () => {
          const error = results.get(file);
          assert.ok(error instanceof DeterminismViolationError, String(error));
          // Not some other mistake of the recording: what differs is whom it asks.
          assert.match(error.message, /askOracle/);
        });
      }
    });
});

/** A second life of the same: what happened in its second half has a time from before all that was in the first. */
function withClockSetBack(recording: ReturnType<typeof historyIn>): ReturnType<typeof historyIn> {
  const events = recording.history.events ?? [];
  for (const event of events.slice(events.length / 2))
    event.eventTime = msToTs(millisecondsOf(event.eventTime) - hourMs);
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  if (started) started.originalExecutionRunId = setBackRun;
  return { ...recording, file: setBackName, runId: setBackRun };
}
