import type { AskOptions, Answer } from './admin.ts';

/** Whatever answers as an admin server does. */
export interface Asked {
  readonly url: string;
  readonly ask: (method: string, path: string, options?: AskOptions) => Promise<Answer>;
}

/** What a browser sends with what a page of this server asks for. */
export function fromOwnPage(admin: Asked): Record<string, string> {
  return { origin: admin.url, 'sec-fetch-site': 'same-origin' };
}

export interface SignedIn {
  readonly answer: Answer;
  /** As a browser sends it back, if one was set. */
  readonly cookie: string;
  readonly csrf: string;
}

/** Signs in with a link's secret, as the page does. */
export async function signIn(
  admin: Asked,
  link: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<SignedIn> {
  const answer = await admin.ask('POST', '/api/v1/session', {
    headers: { 'content-type': 'application/json', ...fromOwnPage(admin), ...headers },
    body: JSON.stringify({ link }),
  });
  const cookie = (answer.headers['set-cookie']?.at(-1) ?? '').split(';')[0] ?? '';
  // What the server answers, of which the test looks at what it needs.
  const { csrf = '' } = JSON.parse(answer.text) as { csrf?: string };
  return { answer, cookie, csrf };
}
