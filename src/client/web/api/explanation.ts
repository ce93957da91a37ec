import { useQuery } from '@tanstack/react-query';
import { Explanation } from '../../../contracts/explanation.ts';
import { get, pathPart } from './ask.ts';

/** What led to a call, `3.1` for the first of turn 3. `version` changes when more has come of it. */
export function useExplanation(agent: string, call: string, version: string) {
  return useQuery({
    queryKey: ['agents', agent, 'calls', call, version],
    queryFn: ({ signal }) => get(`/agents/${pathPart(agent)}/calls/${pathPart(call)}`, Explanation, signal),
    staleTime: Infinity,
  });
}
