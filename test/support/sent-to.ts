import type { Stage } from './stage.ts';

/** Payloads of what was sent by this name to an agent in its current run, as signals and updates, in their order. */
export async function sentTo(stage: Stage, id: string, name: string): Promise<Record<string, unknown>[]> {
  const { events } = await stage.client.workflow.getHandle(id).fetchHistory();
  return (events ?? []).flatMap((event) => {
    const { workflowExecutionSignaledEventAttributes: signal } = event;
    const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
    const input =
      signal?.signalName === name ? signal.input : update?.name === name ? update.args : undefined;
    if (!input) return [];
    return [JSON.parse(Buffer.from(input.payloads?.[0]?.data ?? '').toString()) as Record<string, unknown>];
  });
}
