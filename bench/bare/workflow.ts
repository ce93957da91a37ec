import { proxyActivities } from '@temporalio/workflow';
import type { BareActivities } from './activities.ts';

const { askModel, runTool } = proxyActivities<BareActivities>({ startToCloseTimeout: '1m' });

/** Two activities a turn and nothing else: what Temporal itself costs. */
export async function bareTurns(model: string): Promise<number> {
  let turns = 0;
  for (;;) {
    const call = await askModel(model);
    if (call === null) return turns;
    turns += 1;
    await runTool(model, call);
  }
}
