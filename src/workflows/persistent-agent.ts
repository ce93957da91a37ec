import {
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow';
import type { AgentResult } from '../contracts/result.ts';
import { AgentRun } from './agent-run.ts';
import { Alarms } from './alarms.ts';
import { beginRun, type Carried } from './begin.ts';
import { handleMessages } from './handlers.ts';
import { resultOf } from './result.ts';
import { answerQueries } from './queries.ts';
import { Visibility } from './visibility.ts';
import { Work } from './work.ts';

/** Bounds what a worker without the agent in its cache must replay; Temporal suggests a new run by size and events too. */
const MAX_TURNS_PER_RUN = 400;

/**
 * A persistent agent. Everything that happens is an event for core; what core asks for in return is kept in flight
 * here. Between two events the agent is only its state, so it can stop existing at any await and lose nothing.
 */
export async function persistentAgent(start: unknown, carried?: unknown): Promise<AgentResult> {
  const run = new AgentRun(beginRun(start, carried));
  handleMessages(run);
  answerQueries(run);
  CancellationScope.current().cancelRequested.catch(() => {
    run.record({ type: 'cancelled', reason: 'cancelled through Temporal' });
  });
  // Cancellation is an event like any other: the loop sees that the agent has ended, and cleans up.
  await CancellationScope.nonCancellable(() => live(run));
  return resultOf(run.state);
}

async function live(run: AgentRun): Promise<void> {
  const work = new Work(run);
  const alarms = new Alarms(run);
  const visibility = new Visibility();
  while (run.state.phase !== 'ended') {
    const isLastOfRun = isRunFull(run);
    if (!isLastOfRun) work.startNew();
    alarms.keep();
    visibility.show(run.state);
    if (work.isIdle && run.state.stopping) {
      run.record({ type: 'drained' });
    } else if (work.isIdle && isLastOfRun) {
      await condition(allHandlersFinished);
      await continueAsNew(run);
    } else {
      await run.nextChange();
    }
  }
  alarms.keep();
  visibility.show(run.state);
}

/** From here on nothing new is started in this run; what is in flight ends, what waits for people is carried along. */
function isRunFull(run: AgentRun): boolean {
  return workflowInfo().continueAsNewSuggested || run.state.turn - run.initial.turn >= MAX_TURNS_PER_RUN;
}

/** Nothing can arrive between reading the state and ending the run: the server refuses to end it over a new message. */
async function continueAsNew(run: AgentRun): Promise<void> {
  const next = makeContinueAsNewFunc<typeof persistentAgent>({ initialVersioningBehavior: 'AUTO_UPGRADE' });
  const carried: Carried = { state: run.state };
  await next(run.state.start, carried);
}
