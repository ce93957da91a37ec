import { tokensIn } from '../src/client/token-file.ts';
import { accountName } from '../src/runtime/account-name.ts';

/** Whoever starts the stack looks at its pages within this, and works with them for a day. */
const LINK_LIFE_MS = 3_600_000;
const SESSION_LIFE_MS = 43_200_000;

/** A link that signs whoever started the stack in to its admin pages, once; the pages alone if there are too many tokens. */
export function signInLink(dataDir: string, adminUrl: string): string {
  const store = tokensIn(dataDir);
  try {
    const now = new Date();
    const made = store.create({
      ...{ kind: 'link', name: accountName(), role: 'operator', agents: [], now },
      expiresAt: new Date(now.getTime() + LINK_LIFE_MS),
      sessionUntil: new Date(now.getTime() + SESSION_LIFE_MS),
    });
    return made === undefined ? adminUrl : `${adminUrl}/sign-in#${made.secret}`;
  } finally {
    store.close();
  }
}
