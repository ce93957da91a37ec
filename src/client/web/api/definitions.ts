import { useQuery } from '@tanstack/react-query';
import { DefinitionList } from '../../../contracts/answers.ts';
import { get } from './ask.ts';

/** What agents can be started from, also definitions with mistakes. */
export function useDefinitions() {
  return useQuery({
    queryKey: ['definitions'],
    queryFn: ({ signal }) => get('/definitions', DefinitionList, signal),
  });
}
