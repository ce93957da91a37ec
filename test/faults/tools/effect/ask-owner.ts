import { setTimeout as pause } from 'node:timers/promises';
import type { RunContext } from '../../../../src/tools/define-tool.ts';
import type { ToolKit } from '../../../../src/tools/kit.ts';
import type { EffectRequest } from '../../owner.ts';

const ownerUrl = process.env['FAULTS_OWNER_URL'] ?? '';
const worker = process.env['FAULTS_WORKER'] ?? '';

/** Arguments of every tool with an effect: what the plan calls it, and how long its owner takes. */
export function effectInput(z: ToolKit['z']) {
  return z.strictObject({ item: z.string(), takesMs: z.int().optional() });
}

export function effectOutput(z: ToolKit['z']) {
  return z.object({ done: z.boolean() });
}

interface Order extends Pick<EffectRequest, 'tool' | 'item' | 'keyed'> {
  readonly takesMs?: number | undefined;
}

/** Has the owner do it, right after the question whether this attempt still counts. */
export async function askOwner(order: Order, context: RunContext): Promise<{ done: boolean }> {
  await context.confirmLease();
  const { key, agentId: agent, signal } = context;
  const body = JSON.stringify({ ...order, key, agent, worker });
  const response = await fetch(ownerUrl, { method: 'POST', body, signal });
  if (!response.ok) throw new Error(`the owner answered ${response.status}`);
  // The owner answers what the tool's output schema then checks.
  return (await response.json()) as { done: boolean };
}

const pollMs = 100;

/** What became of a key, once nothing is under way for it any more: before, "not done" might come true too late. */
export async function askWhetherDone(key: string, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    const response = await fetch(`${ownerUrl}/${encodeURIComponent(key)}`, { signal });
    // The owner's own answer, see there.
    const { done, underWay } = (await response.json()) as { done: boolean; underWay: boolean };
    if (!underWay) return done;
    await pause(pollMs, undefined, { signal });
  }
}
