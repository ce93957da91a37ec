import { createHash } from 'node:crypto';
import type { CookieOptions, Request, Response } from 'express';
import type { Token, TokenStore } from '../../storage/tokens.ts';
import { GatewayError } from '../gateway-error.ts';

/** Whom somebody has shown to be, however that was: by a link, or by a provider of identities. */
export interface Person extends Pick<Token, 'name' | 'role' | 'agents'> {
  /** When the session ends by itself. */
  readonly until: Date;
}

/** A session as it came with a request. */
export interface FoundSession {
  readonly session: Token;
  readonly secret: string;
}

/** The sessions of signed-in browsers. They are rows among the tokens, so that they are listed and revoked as those are. */
export class Sessions {
  readonly #store: TokenStore;
  readonly #cookie: string;
  readonly #options: CookieOptions;

  /** Over HTTPS a browser sends the cookie to nobody else, and no other host can have set it. */
  constructor(store: TokenStore, { isSecure }: { readonly isSecure: boolean }) {
    this.#store = store;
    this.#cookie = isSecure ? '__Host-perdure_session' : 'perdure_session';
    this.#options = { httpOnly: true, sameSite: 'strict', secure: isSecure, path: '/' };
  }

  /** Signs a person in: the only place that makes a session. Its secret is new, whatever the browser came with. */
  open(person: Person, response: Response): FoundSession {
    const { until, name, role, agents } = person;
    const made = this.#store.create({
      kind: 'session',
      ...{ name, role, agents, now: new Date(), expiresAt: until },
    });
    if (made === undefined) throw new GatewayError('NotConfigured', 'No more sessions can be kept.');
    response.cookie(this.#cookie, made.secret, { ...this.#options, expires: until });
    return { session: made.token, secret: made.secret };
  }

  /** The session that a request comes with, if it is good now. */
  of(request: Request): FoundSession | undefined {
    const secret = this.#secretOf(request);
    if (secret === undefined) return undefined;
    const session = this.#store.find('session', secret, new Date());
    return session && { session, secret };
  }

  /** Ends it for every browser that has it. */
  close({ id }: Token): void {
    this.#store.revoke([id], new Date());
  }

  /** Has the browser drop its cookie. */
  forget(response: Response): void {
    response.clearCookie(this.#cookie, this.#options);
  }

  /** Two cookies of the name mean that somebody else has set one, and nobody knows which. */
  #secretOf({ headers }: Request): string | undefined {
    const beginning = `${this.#cookie}=`;
    const [own, another] = (headers.cookie ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(beginning));
    return another === undefined ? own?.slice(beginning.length) : undefined;
  }
}

/** Those of a server that people open at this address, if it was told. */
export function sessionsOf(store: TokenStore, ownUrl: URL | undefined): Sessions {
  return new Sessions(store, { isSecure: ownUrl?.protocol === 'https:' });
}

/** What a page must send to change anything: a page of somebody else can make a browser send the cookie, and not know this. */
export function csrfTokenOf(secret: string): string {
  return createHash('sha256').update(`csrf ${secret}`).digest('base64url');
}
