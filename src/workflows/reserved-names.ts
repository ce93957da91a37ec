import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** Names that the SDK keeps for itself. */
const RESERVED_PREFIX = '__temporal_';
/** In front of such a name while the SDK sees it. */
const MARK = 'reserved:';

/**
 * The SDK throws for a signal or an update with a name of its own that the workflow has no handler for, where there is a handler
 * for all other names. That fails the workflow task, for ever: anybody could stop an agent for good with one signal. So such a
 * message comes to the handler of unknown names under a name that the SDK does not know, and is refused there as any other.
 */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate: (input, next) => {
        // In place: the SDK tells jobs apart by what their prototype knows, which a copy would not have.
        for (const { signalWorkflow, doUpdate } of input.activation.jobs ?? []) {
          if (signalWorkflow) signalWorkflow.signalName = marked(signalWorkflow.signalName ?? '');
          if (doUpdate) doUpdate.name = marked(doUpdate.name ?? '');
        }
        next(input);
      },
    },
  ],
});

function marked(name: string): string {
  return name.startsWith(RESERVED_PREFIX) ? MARK + name : name;
}

/** The name as it was sent. */
export function sentName(name: string): string {
  return name.startsWith(MARK + RESERVED_PREFIX) ? name.slice(MARK.length) : name;
}
