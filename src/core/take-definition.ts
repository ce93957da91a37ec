import type { LoadedDefinition } from '../contracts/activities.ts';
import type { AgentState } from '../contracts/state.ts';
import { addToContext, systemText } from './context.ts';
import { extendedBefore, limitsOf, sharedBudget } from './initial-state.ts';
import { signedIn } from './people.ts';
import { withRequester } from './requester.ts';
import { startTurn } from './turn.ts';

/** The agent knows its definition: the first turn begins. */
export function takeDefinition(
  state: AgentState,
  { definition, manifests, heedsEarly }: LoadedDefinition,
  at: number,
): AgentState {
  if (state.phase !== 'loading') return state;
  const { budget: asked = {}, parent } = state.start;
  const wanted = parent === undefined ? asked : sharedBudget(asked, definition.budget);
  const limits = limitsOf(wanted, definition.budget, state.startedAt);
  const known = withRequester({
    ...state,
    definition,
    manifests,
    limits: extendedBefore(state, { limits, heedsEarly }),
  });
  const by = state.start.requester;
  const goal = addToContext(known, at, [
    { role: 'system', text: systemText(definition, state.agentId) },
    {
      role: 'user',
      text: state.start.input === '' ? 'Begin.' : state.start.input,
      ...(by === undefined ? {} : { by }),
      // An agent above is no person who signs in.
      ...(parent === undefined ? signedIn({ signedInAs: known.requesterSignedInAs }) : {}),
    },
  ]);
  return startTurn(goal, at);
}
