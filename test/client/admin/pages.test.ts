import assert from 'node:assert/strict';
import { join } from 'node:path';
import { put } from '../../support/stage.ts';
import { LocalAdmin } from '../../support/local-admin.ts';

describe('the pages of the admin server', () => {
  let admin: LocalAdmin;

  before(async () => {
    admin = await LocalAdmin.start();
  });
  after(() => admin.stop());

  it('say that they are not built, while the API works', async () => {
    const { status, text, headers } = await admin.ask('GET', '/');
    assert.equal(status, 404);
    assert.match(headers['content-type'] ?? '', /^application\/problem\+json/);
    assert.match(text, /not built here.*make build/);
    assert.ok(!text.includes(admin.pagesDir));
    assert.equal((await admin.ask('GET', '/healthz')).status, 200);
  });

  it('are one document at every address of a page, which loads nothing from elsewhere', async () => {
    await put(admin.pagesDir, 'index.html', '<!doctype html><title>pages</title>');
    for (const path of ['/', '/sign-in', '/agents', '/agents/a%2Fb', '/agents/a/approvals/t1-1-abcdef']) {
      const { status, text, headers } = await admin.ask('GET', path);
      assert.deepEqual([status, text], [200, '<!doctype html><title>pages</title>'], path);
      assert.match(headers['content-type'] ?? '', /^text\/html/);
      assert.equal(headers['cache-control'], 'no-cache');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      const policy = new Map(
        String(headers['content-security-policy'])
          .split('; ')
          .map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1).join(' ')]),
      );
      assert.equal(policy.get('default-src'), "'none'");
      for (const from of ['script-src', 'style-src', 'connect-src']) assert.equal(policy.get(from), "'self'");
      for (const nothing of ['frame-ancestors', 'base-uri']) assert.equal(policy.get(nothing), "'none'");
      assert.equal(policy.get('require-trusted-types-for'), "'script'");
    }
  });

  it('have files that a browser keeps if their name says what is in them', async () => {
    await put(admin.pagesDir, join('assets', 'index-abc123.js'), 'export {};');
    await put(admin.pagesDir, 'icon.svg', '<svg/>');
    const script = await admin.ask('GET', '/assets/index-abc123.js');
    assert.deepEqual([script.status, script.text], [200, 'export {};']);
    assert.match(script.headers['content-type'] ?? '', /javascript/);
    assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable');
    const icon = await admin.ask('GET', '/icon.svg');
    assert.deepEqual([icon.status, icon.headers['cache-control']], [200, 'no-cache']);
  });

  it('are nothing else: no folder, no file beside them, no other method, no other host', async () => {
    const paths = [
      ...['/nothing', '/assets', '/assets/', '/assets/gone.js', '/.git/config', '/%00', '/%'],
      ...['/../tokens.sqlite', '/..%2ftokens.sqlite', '/assets/..%2f..%2ftokens.sqlite'],
    ];
    for (const path of paths) {
      const { status, text, headers } = await admin.ask('GET', path);
      assert.ok(status >= 400 && status < 500, `${path}: ${status}`);
      assert.match(headers['content-type'] ?? '', /^application\/problem\+json/, path);
      assert.ok(!text.includes(admin.pagesDir), text);
    }
    assert.equal((await admin.ask('POST', '/agents')).status, 404);
    assert.equal((await admin.ask('GET', '/', { headers: { host: 'evil.example' } })).status, 403);
    assert.match(
      String((await admin.ask('GET', '/api/v1/me')).headers['content-security-policy']),
      /^default-src 'none';/,
    );
  });
});
