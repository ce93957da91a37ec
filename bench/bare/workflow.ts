import { condition, defineQuery, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BareActivities } from './activities.ts';

const { askModel, runTool } = proxyActivities<BareActivities>({
  startToCloseTimeout: '1m',
  heartbeatTimeout: '2s',
});

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

/** The same, but before each tool it waits for a signal that says which turn is meant. */
export async function bareApprovals(model: string): Promise<number> {
  const decided = new Set<string>();
  let asked: string | undefined;
  setHandler(defineSignal<[{ approval: string }]>('decide'), ({ approval }) => {
    decided.add(approval);
  });
  setHandler(defineQuery<string | undefined>('asked'), () => asked);
  for (let turns = 0; ; turns += 1) {
    const call = await askModel(model);
    if (call === null) return turns;
    const approval = `turn ${turns}`;
    asked = approval;
    await condition(() => decided.has(approval));
    asked = undefined;
    await runTool(model, call);
  }
}
