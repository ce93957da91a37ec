import { QueryClient } from '@tanstack/react-query';
import { Problem } from './problem.ts';

/** Events say what has changed; this only bounds how old something may be that no event told of. */
const STALE_MS = 10_000;
const MAX_RETRIES = 2;

/** Asks again where that may help: not when the server has understood and said no. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        retry: (failures, error) => failures < MAX_RETRIES && mayPass(error),
        // A request to this machine works with no network at all.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

function mayPass(error: Error): boolean {
  return error instanceof Problem && (error.status === 0 || error.status >= 500);
}
