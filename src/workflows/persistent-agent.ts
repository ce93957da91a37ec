import {
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
} from '@temporalio/workflow';
import type { AgentResult } from '../contracts/result.ts';
import type { Carried } from '../core/begin.ts';
import { fitToCarry } from '../core/carry.ts';
import { mayDrain } from '../core/children.ts';
import { cancelledThroughTemporal } from '../core/incoming.ts';
import { AgentRun } from './agent-run.ts';
import { Alarms } from './alarms.ts';
import { beginOrFail } from './begin.ts';
import { leaveFamily, startSuccessors } from './family.ts';
import { handleMessages } from './handlers.ts';
import { localSteps } from './local-steps-first.ts';
import { Notices } from './notices.ts';
import { settleChanges } from './perform.ts';
import { resets } from './resets.ts';
import { resultOf } from './result.ts';
import { answerQueries } from './queries.ts';
import { Visibility } from './visibility.ts';
import { Work } from './work.ts';

/**
 * A persistent agent. Everything that happens is an event for core; what core asks for in return is kept in flight
 * here. Between two events the agent is only its state, so it can stop existing at any await and lose nothing.
 */
export async function persistentAgent(
  start: unknown,
  carried?: unknown,
  vouch?: unknown,
): Promise<AgentResult> {
  const run = new AgentRun(beginOrFail(start, carried, vouch));
  settleChanges();
  resets.watchedBy(run);
  handleMessages(run);
  answerQueries(run);
  CancellationScope.current().cancelRequested.catch(() => {
    run.record(cancelledThroughTemporal);
  });
  // Cancellation is an event like any other: the loop sees that the agent has ended, and cleans up.
  await CancellationScope.nonCancellable(() => live(run));
  return resultOf(run.state);
}

async function live(run: AgentRun): Promise<void> {
  const work = new Work(run);
  const alarms = new Alarms(run);
  const visibility = new Visibility();
  const notices = new Notices(run);
  while (run.state.phase !== 'ended') {
    const isLastOfRun = run.isFull(localSteps.suggestsNewRun);
    if (!isLastOfRun) work.startNew();
    alarms.keep();
    visibility.show(run.state);
    notices.sendNew();
    if (localSteps.tellHeld()) continue;
    if (run.hasHeard) {
      await work.takeHeard();
    } else if (work.isIdle && mayDrain(run.state)) {
      run.record({ type: 'drained' });
    } else if (work.isIdle && notices.isIdle && isLastOfRun) {
      // What comes while handlers end is looked at first.
      if (allHandlersFinished()) await continueAsNew(run);
      else await condition(allHandlersFinished);
    } else {
      // Nothing may be awaited between the last look and this: what happened meanwhile would wake nobody.
      await run.nextChange();
    }
  }
  alarms.keep();
  visibility.show(run.state);
  notices.sendNew();
  localSteps.letGo();
  await condition(() => !work.isStartingChild && notices.isIdle);
  await startSuccessors(run.state);
  await leaveFamily(run.state);
}

/** Nothing can arrive between reading the state and ending the run: the server refuses to end it over a new message. */
async function continueAsNew(run: AgentRun): Promise<void> {
  const next = makeContinueAsNewFunc<typeof persistentAgent>({ initialVersioningBehavior: 'AUTO_UPGRADE' });
  const carried: Carried = { state: fitToCarry(run.state) };
  await next(run.state.start, carried);
}
