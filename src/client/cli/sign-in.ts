import { type Command, Option } from 'commander';
import { durationMs } from '../../contracts/duration.ts';
import { Role } from '../../contracts/role.ts';
import type { TokenStore } from '../../storage/tokens.ts';
import { adminUrlOf, readAdminEnvironment } from '../admin/environment.ts';
import { duration, examples } from './arguments.ts';
import type { Run, Session } from './session.ts';
import { createOrFail, prefix, tokenName, withTokens } from './token-options.ts';

/** Long enough to hand it on, too short to be found later in a chat or a history of commands. */
const LINK_LIFE_MS = 600_000;
/** A day of work. */
const DEFAULT_LIFE = '12h';

interface SignInOptions {
  readonly name: string;
  readonly role: Role;
  readonly expires: string;
  readonly agent?: readonly string[];
}

export function registerSignIn(token: Command, run: Run): void {
  token
    .command('sign-in')
    .description('print a link that signs a browser in to the admin pages, once and within 10 minutes')
    .requiredOption('--name <name>', 'who is signed in, as agents and people will read it', tokenName)
    .addOption(
      new Option('--role <role>', 'what may be done with it').choices(Role.options).makeOptionMandatory(),
    )
    .option('--expires <duration>', 'how long the session lasts', duration, DEFAULT_LIFE)
    .option('--agent <prefix>', 'only agents whose id begins like this; may be repeated', prefix)
    .addHelpText(
      'after',
      examples(
        'perdure token sign-in --name ann --role approver',
        'perdure token sign-in --name bob --role viewer --expires 2h --agent desk-',
      ),
    )
    .action((options: SignInOptions) =>
      run((session) =>
        withTokens((store) => {
          signIn(session, store, options);
        }),
      ),
    );
}

/** The secret stands behind the `#`, which browsers send to no server: not to ours, whose log it would be in, nor to one that previews links. */
function signIn(
  { out }: Session,
  store: TokenStore,
  { name, role, expires, agent = [] }: SignInOptions,
): void {
  const page = new URL('/sign-in', adminUrlOf(readAdminEnvironment(process.env)));
  const now = new Date();
  const { token, secret } = createOrFail(store, {
    kind: 'link',
    ...{ name, role, agents: [...agent], now },
    expiresAt: new Date(now.getTime() + LINK_LIFE_MS),
    sessionUntil: new Date(now.getTime() + durationMs(expires)),
  });
  const link = `${page.href}#${secret}`;
  out.data({ ...token, link }, () => link);
  if (out.format === 'text')
    out.note(
      `Signs in ${name} (${role}) once, until ${token.expiresAt}; the session ends by ${token.sessionUntil ?? ''}.`,
    );
}
