/**
 * Tools have a queue of their own, so that slow models can't take the slots of tools, nor tools those of
 * models. Model calls and quick tools go to the workflows' queue first: there the server hands an activity straight to the
 * worker that asked for it. A limit on model calls is the rate of that queue; where there is one, no tool goes there.
 */
export function toolTaskQueue(taskQueue: string): string {
  return `${taskQueue}-tools`;
}
