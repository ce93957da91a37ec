import { type Command, Option } from 'commander';
import { durationMs } from '../../contracts/duration.ts';
import { Role } from '../../contracts/role.ts';
import type { Token, TokenStore } from '../../storage/tokens.ts';
import { GatewayError } from '../gateway-error.ts';
import { duration, examples } from './arguments.ts';
import type { Run, Session } from './session.ts';
import { registerSignIn } from './sign-in.ts';
import { createOrFail, prefix, tokenName, withTokens } from './token-options.ts';
import { clean, table } from './view/text.ts';

/** Nobody forgets a token for longer than a quarter of a year, unless told otherwise. */
const DEFAULT_LIFE = '90d';

interface CreateOptions {
  readonly name: string;
  readonly role: Role;
  readonly expires: string;
  readonly agent?: readonly string[];
}

export function registerToken(program: Command, run: Run): void {
  const token = program
    .command('token')
    .description('who may use the admin server (tokens.sqlite in PERDURE_DATA_DIR, default .perdure)');
  token
    .command('create')
    .description('make a token; its secret is printed once and kept nowhere')
    .requiredOption('--name <name>', 'who acts with it, as agents and people will read it', tokenName)
    .addOption(
      new Option('--role <role>', 'what may be done with it').choices(Role.options).makeOptionMandatory(),
    )
    .option('--expires <duration>', 'how long it is good for, like 30d', duration, DEFAULT_LIFE)
    .option('--agent <prefix>', 'only agents whose id begins like this; may be repeated', prefix)
    .addHelpText(
      'after',
      examples(
        'perdure token create --name ann --role approver',
        'perdure token create --name nightly --role operator --expires 30d --agent nightly-',
      ),
    )
    .action((options: CreateOptions) =>
      run((session) =>
        withTokens((store) => {
          create(session, store, options);
        }),
      ),
    );
  registerSignIn(token, run);
  token
    .command('list')
    .description('newest first, with links and sessions, also those that are good for nothing any more')
    .action(() =>
      run((session) =>
        withTokens((store) => {
          const tokens = store.list();
          session.out.data(tokens, () => tokensText(tokens, Date.now()));
        }),
      ),
    );
  token
    .command('revoke <id...>')
    .description('end tokens, links and sessions at once')
    .addHelpText('after', examples('perdure token revoke 0123456789ab'))
    .action((ids: string[]) =>
      run((session) =>
        withTokens((store) => {
          revoke(session, store, ids);
        }),
      ),
    );
}

function create(
  { out }: Session,
  store: TokenStore,
  { name, role, expires, agent = [] }: CreateOptions,
): void {
  const now = new Date();
  const { token, secret } = createOrFail(store, {
    kind: 'token',
    ...{ name, role, agents: [...agent], now },
    expiresAt: new Date(now.getTime() + durationMs(expires)),
  });
  out.data({ ...token, secret }, () => secret);
  if (out.format === 'text')
    out.note(`Token ${token.id} of ${name} (${role}) until ${token.expiresAt}. It is not shown again.`);
}

function revoke({ out }: Session, store: TokenStore, ids: readonly string[]): void {
  const revoked = store.revoke(ids, new Date());
  const missing = ids.filter((id) => !revoked.includes(id));
  if (revoked.length > 0) out.data({ revoked, missing }, () => `revoked ${revoked.map(clean).join(', ')}`);
  if (missing.length === 0) return;
  throw new GatewayError('NotFound', `There is no token ${missing.map(clean).join(', ')}.`, {
    help: 'Look for it: perdure token list. The id is what stands between perdure_ and the next _.',
  });
}

export function tokensText(tokens: readonly Token[], now: number): string {
  if (tokens.length === 0) return 'No tokens here. Is PERDURE_DATA_DIR that of the admin server?';
  return table(
    ['ID', 'KIND', 'NAME', 'ROLE', 'AGENTS', 'STATE'],
    tokens.map(({ id, kind, name, role, agents, expiresAt, revokedAt }) => [
      id,
      kind,
      clean(name),
      role,
      agents.length === 0 ? 'all' : agents.map((beginning) => `${beginning}…`).join(' '),
      revokedAt !== undefined
        ? `${kind === 'link' ? 'used or revoked' : 'revoked'} ${revokedAt}`
        : `${Date.parse(expiresAt) <= now ? 'expired' : 'until'} ${expiresAt}`,
    ]),
  );
}
