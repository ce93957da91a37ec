import type { Stage } from './stage.ts';

/** Payloads of the signals of this name in an agent's current run, in their order. */
export async function signalsOf(stage: Stage, id: string, name: string): Promise<Record<string, unknown>[]> {
  const { events } = await stage.client.workflow.getHandle(id).fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
    if (signal?.signalName !== name) return [];
    const [payload] = signal.input?.payloads ?? [];
    return [JSON.parse(Buffer.from(payload?.data ?? '').toString()) as Record<string, unknown>];
  });
}
