import { useInfiniteQuery } from '@tanstack/react-query';
import { ClosedApprovals } from '../../../contracts/answers.ts';
import { get } from './ask.ts';

/** What was decided, a page of agents at a time; each has its history read, so that no more is asked for than somebody wants. */
export function useClosedApprovals() {
  return useInfiniteQuery({
    queryKey: ['approvals', 'closed'],
    queryFn: ({ pageParam, signal }) => {
      const query =
        pageParam === undefined ? '' : `?${new URLSearchParams({ cursor: pageParam }).toString()}`;
      return get(`/decisions${query}`, ClosedApprovals, signal);
    },
    initialPageParam: undefined as string | undefined, // Its type follows from this value alone.
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}
