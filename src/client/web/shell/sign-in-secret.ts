/**
 * The secret of the sign-in link that this page was opened by; empty without one. It stands behind the `#`, which no server and
 * no log gets to see, and from here on, before anything is shown, the address is without it.
 */
export const signInSecret = takeSecret();

function takeSecret(): string {
  if (location.pathname !== '/sign-in') return '';
  const secret = location.hash.slice(1);
  if (secret !== '') history.replaceState(null, '', '/sign-in');
  return secret;
}
