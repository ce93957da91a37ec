import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { signIn } from '../api/session.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { goTo } from '../navigation.tsx';
import { Mark } from './mark.tsx';
import { Problem } from '../api/problem.ts';
import { signInSecret } from './sign-in-secret.ts';
import { SignedOut } from './signed-out.tsx';

/** Where a sign-in link leads. It is used up by a click and not by being opened: programs that look at links open them too. */
export function SignInPage() {
  const client = useQueryClient();
  const signingIn = useMutation({
    mutationFn: signIn,
    onSuccess: () => {
      client.clear();
      goTo({ page: 'inbox', view: 'all' }, { replace: true });
    },
  });
  useEffect(() => {
    // Another link in the same place of the same tab does not load the page by itself.
    const again = (): void => {
      location.reload();
    };
    addEventListener('hashchange', again);
    return () => {
      removeEventListener('hashchange', again);
    };
  }, []);
  if (signInSecret === '') return <SignedOut />;
  const isOpen = !isRefusal(signingIn.error);
  return (
    <main className="entrance">
      <Mark />
      <h1>Sign in</h1>
      <p>This link signs you in on this browser, once.</p>
      {signingIn.error && <ErrorView error={signingIn.error} />}
      {isOpen && signingIn.error && (
        <p className="quiet">
          The link is still here. If the server has used it up all the same, it says so: then make another.
        </p>
      )}
      {isOpen && (
        <button
          type="button"
          className="primary"
          autoFocus
          disabled={signingIn.isPending}
          onClick={() => {
            signingIn.mutate(signInSecret);
          }}
        >
          {signingIn.isPending ? 'Signing in …' : signingIn.error ? 'Try again' : 'Sign in'}
        </button>
      )}
    </main>
  );
}

/** Whether the server has looked at the link and said no; whatever else went wrong may go right another time. */
function isRefusal(error: Error | null): boolean {
  return error instanceof Problem && [400, 401, 403, 410, 422].includes(error.status);
}
