import assert from 'node:assert/strict';
import { fromOwnPage, signIn, type SignedIn } from '../../support/browser-caller.ts';
import { LocalAdmin } from '../../support/local-admin.ts';

describe('signing in to the admin server', () => {
  let admin: LocalAdmin;

  before(async () => {
    admin = await LocalAdmin.start();
  });
  after(() => admin.stop());

  /** What a page sends in a session; every POST has a body that nothing is done with. */
  async function send(
    method: string,
    path: string,
    { cookie, csrf }: Pick<SignedIn, 'cookie' | 'csrf'>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    const { status } = await admin.ask(method, `/api/v1${path}`, {
      headers: { ...fromOwnPage(admin), cookie, 'x-csrf-token': csrf, ...headers },
      ...(method === 'POST' ? { body: 'nonsense' } : {}),
    });
    return status;
  }

  it('makes a session of a link once, with a cookie that no script reads and no other site sends', async () => {
    const link = admin.make({ kind: 'link', role: 'approver', agents: ['desk-'] });
    const { answer, cookie, csrf } = await signIn(admin, link);
    assert.equal(answer.status, 200, answer.text);
    const [set, ...more] = answer.headers['set-cookie'] ?? [];
    assert.equal(more.length, 0);
    const flags = (set ?? '').split('; ').slice(1).toSorted();
    assert.deepEqual(
      flags.filter((flag) => !flag.startsWith('Expires=')),
      ['HttpOnly', 'Path=/', 'SameSite=Strict'],
    );
    assert.ok(flags.some((flag) => flag.startsWith('Expires=')));
    const me = await admin.ask('GET', '/api/v1/me', { headers: { cookie } });
    const { expiresAt, ...rest } = JSON.parse(me.text) as Record<string, unknown>;
    assert.deepEqual(rest, { name: 'ann', role: 'approver', agents: ['desk-'], kind: 'session', csrf });
    assert.ok(Date.parse(String(expiresAt)) > Date.now());
    assert.equal(me.headers['cache-control'], 'no-store');

    const again = await signIn(admin, link);
    assert.deepEqual([again.answer.status, again.cookie], [401, '']);
    assert.match(again.answer.text, /was used before/);
    const secrets = [link, cookie.split('=')[1] ?? '', csrf].map((secret) => secret.slice(-40));
    assert.ok(secrets.every((secret) => !admin.log.join('').includes(secret)));
  });

  it('makes none of a link that has expired or was revoked, nor of anything else', async () => {
    const past = new Date(Date.now() - 1);
    const revoked = admin.make({ kind: 'link', role: 'admin' });
    admin.tokens.revoke([revoked.split('_')[1]!], new Date());
    const secrets = [
      admin.make({ kind: 'link', role: 'admin', expiresAt: past }),
      revoked,
      admin.make({ kind: 'token', role: 'admin' }),
      admin.make({ kind: 'session', role: 'admin' }),
      'perdure_',
      'x'.repeat(201),
    ];
    for (const secret of secrets) {
      const { answer, cookie } = await signIn(admin, secret);
      assert.deepEqual([answer.status, cookie], [secret.length > 200 ? 400 : 401, ''], answer.text);
    }
  });

  it('gives one of many who use a link at once a session', async () => {
    const link = admin.make({ kind: 'link', role: 'viewer' });
    const all = await Promise.all(Array.from({ length: 10 }, () => signIn(admin, link)));
    assert.equal(all.filter(({ answer }) => answer.status === 200).length, 1);
  });

  it('keeps the kinds of secrets apart', async () => {
    const secrets = (['link', 'session', 'token'] as const).map((kind) => {
      return [kind, admin.make({ kind, role: 'admin' })] as const;
    });
    for (const [kind, secret] of secrets) {
      const cookie = await admin.ask('GET', '/api/v1/me', {
        headers: { cookie: `perdure_session=${secret}` },
      });
      assert.equal(cookie.status, kind === 'session' ? 200 : 401, `${kind} as a cookie`);
      const bearer = await admin.ask('GET', '/api/v1/me', { headers: { authorization: `Bearer ${secret}` } });
      assert.equal(bearer.status, kind === 'token' ? 200 : 401, `${kind} as a bearer token`);
    }
  });

  it('lets nobody sign a browser in but a page of its own', async () => {
    const link = admin.make({ kind: 'link', role: 'viewer' });
    const hostile: Record<string, string>[] = [
      { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: admin.url, 'sec-fetch-site': 'cross-site' },
      { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' },
      { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-origin' },
      { origin: 'null' },
      { 'sec-fetch-site': 'none' },
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { host: 'evil.example' },
    ];
    for (const headers of hostile) {
      const { answer, cookie } = await signIn(admin, link, headers);
      const wanted = headers['content-type'] === undefined ? 403 : 400;
      assert.deepEqual([answer.status, cookie], [wanted, ''], JSON.stringify(headers));
    }
    assert.equal((await signIn(admin, link)).answer.status, 200, 'none of them has used it');
  });

  it('takes no session that it has not made, and ends the one that the browser had', async () => {
    const chosen = `perdure_session=perdure_0123456789ab_${'a'.repeat(43)}`;
    const first = await signIn(admin, admin.make({ kind: 'link', role: 'viewer' }), { cookie: chosen });
    assert.notEqual(first.cookie, chosen);
    assert.equal(await send('GET', '/me', { ...first, cookie: chosen }), 401);
    const link = admin.make({ kind: 'link', role: 'approver' });
    const second = await signIn(admin, link, { cookie: first.cookie });
    assert.equal(await send('GET', '/me', first), 401);
    assert.equal(await send('GET', '/me', second), 200);
    // A cookie of another program on this host, beside the own one.
    for (const cookie of [`${second.cookie}; ${chosen}`, `${chosen}; ${second.cookie}`])
      assert.equal(await send('GET', '/me', { ...second, cookie }), 401);
  });

  it('changes nothing for a page of somebody else, nor without the token of the session', async () => {
    const mine = await signIn(admin, admin.make({ kind: 'link', role: 'admin' }));
    const other = await signIn(admin, admin.make({ kind: 'link', role: 'admin' }));
    // What a page may send arrives: it is no JSON.
    assert.equal(await send('POST', '/agents', mine, { 'content-type': 'application/json' }), 400);
    const hostile: Record<string, string>[] = [
      { 'x-csrf-token': '' },
      { 'x-csrf-token': other.csrf },
      { 'x-csrf-token': `${mine.csrf}x` },
      { origin: 'http://evil.example' },
      { origin: 'http://127.0.0.1:1' },
      { origin: admin.url.replace('http:', 'https:').replace(/\d+$/, '1') },
      { origin: 'null' },
      ...['cross-site', 'same-site', 'none'].map((site) => ({ 'sec-fetch-site': site })),
    ];
    for (const headers of hostile)
      for (const [method, path] of [
        ['POST', '/agents'],
        ['POST', '/agents/a/stop'],
        ['DELETE', '/session'],
      ] as const)
        assert.equal(await send(method, path, mine, headers), 403, `${path} ${JSON.stringify(headers)}`);
    const bare = await admin.ask('POST', '/api/v1/agents', {
      headers: { cookie: mine.cookie, 'x-csrf-token': mine.csrf },
      body: 'nonsense',
    });
    assert.equal(bare.status, 403, 'nothing says from where it comes');
    for (const site of ['cross-site', 'same-site'])
      assert.equal(await send('GET', '/me', mine, { 'sec-fetch-site': site }), 403, site);
    assert.equal(await send('GET', '/me', mine), 200);
  });

  it('knows the session under no other host name', async () => {
    const mine = await signIn(admin, admin.make({ kind: 'link', role: 'admin' }));
    const { port } = new URL(admin.url);
    for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`])
      assert.equal(
        await send('GET', '/me', mine, { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }),
        403,
      );
  });

  it('holds a session to its role and its agents', async () => {
    const viewer = await signIn(admin, admin.make({ kind: 'link', role: 'viewer' }));
    assert.equal(await send('POST', '/agents/a/approvals/x/decision', viewer), 403);
    const desk = await signIn(admin, admin.make({ kind: 'link', role: 'admin', agents: ['desk-'] }));
    assert.equal(await send('POST', '/agents/till-1/stop', desk), 403);
    assert.equal(await send('POST', '/agents/desk-1/stop', desk), 400, 'let in, and its body is none');
  });

  it('ends a session by signing out, by revoking it and when its time is up', async () => {
    const mine = await signIn(admin, admin.make({ kind: 'link', role: 'viewer' }));
    const out = await admin.ask('DELETE', '/api/v1/session', {
      headers: { ...fromOwnPage(admin), cookie: mine.cookie, 'x-csrf-token': mine.csrf },
    });
    assert.equal(out.status, 204);
    assert.match(
      out.headers['set-cookie']?.[0] ?? '',
      /^perdure_session=; Path=\/; Expires=Thu, 01 Jan 1970/,
    );
    assert.equal(await send('GET', '/me', mine), 401, 'a copy of the cookie is worth nothing either');

    const revoked = await signIn(admin, admin.make({ kind: 'link', role: 'viewer' }));
    admin.tokens.revoke([revoked.cookie.split('_')[2]!], new Date());
    assert.equal(await send('GET', '/me', revoked), 401);

    const sessionUntil = new Date(Date.now() - 1);
    const over = await signIn(admin, admin.make({ kind: 'link', role: 'viewer', sessionUntil }));
    assert.equal(await send('GET', '/me', over), 401);
  });

  it('signs no token out, and lets a bad token borrow no session', async () => {
    const authorization = `Bearer ${admin.make({ kind: 'token', role: 'viewer' })}`;
    assert.equal((await admin.ask('DELETE', '/api/v1/session', { headers: { authorization } })).status, 400);
    const me = await admin.ask('GET', '/api/v1/me', { headers: { authorization } });
    const { kind, csrf } = JSON.parse(me.text) as Record<string, unknown>;
    assert.deepEqual([me.status, kind, csrf], [200, 'token', undefined]);
    const mine = await signIn(admin, admin.make({ kind: 'link', role: 'viewer' }));
    assert.equal(await send('GET', '/me', mine, { authorization: 'Bearer nonsense' }), 401);
  });
});

describe('signing in where people use HTTPS', () => {
  let admin: LocalAdmin;

  before(async () => {
    admin = await LocalAdmin.start({ PERDURE_ADMIN_URL: 'https://admin.example' });
  });
  after(() => admin.stop());

  it('takes nothing else, and has the cookie sent over nothing else', async () => {
    const link = admin.make({ kind: 'link', role: 'admin' });
    const plain = { host: 'admin.example', origin: 'http://admin.example' };
    assert.equal((await signIn(admin, link, plain)).answer.status, 403);
    const own = { host: 'admin.example', origin: 'https://admin.example' };
    const { answer, cookie, csrf } = await signIn(admin, link, own);
    assert.equal(answer.status, 200, answer.text);
    const [set = ''] = answer.headers['set-cookie'] ?? [];
    assert.match(set, /^__Host-perdure_session=perdure_/);
    assert.ok(set.split('; ').includes('Secure') && set.split('; ').includes('Path=/'), set);
    const stop = (headers: Record<string, string>) =>
      admin.ask('POST', '/api/v1/agents', {
        headers: { cookie, 'x-csrf-token': csrf, ...headers },
        body: '-',
      });
    assert.deepEqual([(await stop(own)).status, (await stop(plain)).status], [400, 403]);
  });
});
