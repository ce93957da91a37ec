import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { type Me, Me as MeSchema } from '../../../contracts/session.ts';
import { mayActAs, type Role } from '../../../contracts/role.ts';
import { get, post, remove, setCsrfToken } from './ask.ts';

const key = ['me'] as const;

/** Who is signed in. */
export function useMe(): UseQueryResult<Me> {
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => signedInAs(await get('/me', MeSchema, signal)),
    staleTime: 60_000,
    refetchOnWindowFocus: true,
  });
}

/** Whether who is signed in may act in a role; not while that is not known. */
export function useMayActAs(needed: Role): boolean {
  const { data } = useMe();
  return data !== undefined && mayActAs(data.role, needed);
}

/** Uses up the secret of a sign-in link. */
export async function signIn(link: string): Promise<Me> {
  return signedInAs(await post('/session', { link }, MeSchema));
}

/** Signs out, and forgets all that was read. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await remove('/session');
    setCsrfToken(undefined);
    client.clear();
    location.assign('/sign-in');
  };
}

function signedInAs(me: Me): Me {
  setCsrfToken(me.csrf);
  return me;
}
