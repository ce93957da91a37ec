import type { ReactNode } from 'react';
import { Problem } from '../api/problem.ts';
import { useMe } from '../api/session.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { Loading } from '../controls/loading.tsx';
import { SignedOut } from './signed-out.tsx';

/** Shows pages only to who is signed in, and says how to sign in to everybody else. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const me = useMe();
  if (me.error instanceof Problem && me.error.status === 401) return <SignedOut />;
  if (me.data) return children;
  if (me.error)
    return (
      <main className="page narrow">
        <ErrorView error={me.error} onRetry={() => void me.refetch()} />
      </main>
    );
  return <Loading what="who you are" />;
}
