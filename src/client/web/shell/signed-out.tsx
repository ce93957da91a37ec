import { Mark } from './mark.tsx';

/** Nobody is signed in: the one way in, for whoever can run commands beside the server or knows somebody who can. */
export function SignedOut() {
  return (
    <main className="entrance">
      <Mark />
      <h1>Sign in</h1>
      <p>These pages open with a link that works once. Make one where the admin server runs:</p>
      <code className="command">perdure token sign-in --name you --role approver</code>
      <p className="quiet">
        It is printed on the terminal and is good for some minutes. Nobody else learns it.
      </p>
    </main>
  );
}
