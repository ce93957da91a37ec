import type { Outcome } from '../../contracts/state.ts';
import type { Colors } from './output.ts';
import { resultText } from './view/agent-view.ts';
import { clean, indent } from './view/text.ts';

/** How it ended, for a person who waited for it: the result alone when there is one. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.status) {
    case 'completed':
      return resultText(outcome.result);
    case 'failed':
      return `failed: ${clean(outcome.failure.type)}: ${clean(outcome.failure.message)}`;
    case 'cancelled':
      return `cancelled: ${clean(outcome.reason)}`;
  }
}

export function outcomeExitCode({ status }: Outcome): number {
  return status === 'completed' ? 0 : 1;
}

/** How an agent ended, as the last lines of a watch. */
export function outcomeView(outcome: Outcome, colors: Colors): string {
  if (outcome.status === 'completed')
    return `${colors.green('completed')}\n${indent(resultText(outcome.result), '  ')}`;
  return colors.red(outcomeText(outcome));
}
