import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { PendingApproval } from '../../src/contracts/answers.ts';
import { installedBrowser } from '../support/installed-browser.ts';
import {
  ann,
  asked,
  type FakedAnswer,
  type FakedRequest,
  PagesAlone,
  problem,
} from '../support/pages-alone.ts';
import { until } from '../support/stage.ts';

type Answer = (request: FakedRequest) => FakedAnswer | Promise<FakedAnswer> | undefined;

describe('the admin pages on a line that fails', function () {
  this.timeout(480_000);
  let pages: PagesAlone;

  before(async function () {
    const browser = installedBrowser();
    if (browser === undefined) {
      console.log('No Chromium is installed, so nobody looks at the pages: apt-get install chromium');
      this.skip();
    }
    pages = await PagesAlone.create(browser);
  });
  after(async () => {
    // There is none if there was no browser.
    await (pages as PagesAlone | undefined)?.dispose();
  });

  const list = (approvals: readonly PendingApproval[], nextCursor?: string): FakedAnswer => ({
    status: 200,
    body: { approvals, unanswered: [], more: nextCursor !== undefined, nextCursor },
  });

  /** An inbox with these approvals, of which each is known at its own address too. */
  function inbox(approvals: readonly PendingApproval[], special: Answer): Promise<Page> {
    return pages.open('/', (request) => {
      const answer = special(request);
      if (answer !== undefined) return answer;
      if (request.path === '/me') return ann;
      if (request.path.startsWith('/approvals')) return list(approvals);
      const row = approvals.find(({ approval }) => request.path.endsWith(`/approvals/${approval.id}`));
      if (row) return { status: 200, body: { ...row, state: 'open', turn: 1 } };
      return problem(404, 'NotFound', 'There is nothing at this address.');
    });
  }

  const pane = (page: Page) => page.getByRole('region', { name: 'The chosen approval' });

  it('sign in by the same link once the server answers, and not where it has said no', async () => {
    const answers: FakedAnswer[] = [
      'offline',
      problem(503, 'Unreachable', 'Temporal does not answer.'),
      problem(401, 'Unauthenticated', 'The link is not known, has expired or was used before.'),
    ];
    const sent: unknown[] = [];
    const page = await pages.open('/sign-in#secret', ({ body }) => {
      sent.push(body);
      return answers.shift() ?? ann;
    });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The admin server does not answer.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Temporal does not answer.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('has expired or was used before').waitFor();
    assert.equal(await page.getByRole('button').count(), 0);
    assert.deepEqual(sent, Array(3).fill({ link: 'secret' }));
    await page.context().close();
  });

  it('keep what is shown while the rest of the inbox comes, also where it has to wait for its turn', async () => {
    const [old, late] = [asked('old', 90), asked('late', 5)];
    const rest = Promise.withResolvers<undefined>();
    let refused = 0;
    const page = await inbox([old, late], ({ path }) => {
      if (path.endsWith('cursor=rest')) {
        if (refused++ === 0) return { ...busy, headers: { 'Retry-After': '1' } };
        return rest.promise.then(() => list([old]));
      }
      return path.startsWith('/approvals?') ? list([late], 'rest') : undefined;
    });
    await pane(page).getByRole('heading', { name: 'reports/late.md' }).waitFor();
    await until('it is asked once more', () => refused > 1);
    rest.resolve(undefined);
    await until('both are listed', async () => (await page.locator('.inbox-row').count()) === 2);
    assert.match(await page.locator('.inbox-row').first().innerText(), /reports\/old\.md/);
    await pane(page).getByRole('heading', { name: 'reports/late.md' }).waitFor();
    await page.context().close();
  });

  it('say which decision was refused when somebody has moved on, and lead back to it', async () => {
    const answer = Promise.withResolvers<undefined>();
    const page = await inbox([asked('first', 9), asked('second', 5)], ({ path }) =>
      path.endsWith('/decision')
        ? answer.promise.then(() => problem(409, 'Conflict', 'It was decided by bob at noon.'))
        : undefined,
    );
    await pane(page).getByRole('heading', { name: 'reports/first.md' }).waitFor();
    await page.keyboard.press('r');
    await page.keyboard.type('Not this one.');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'Sending …' }).waitFor();
    await page.locator('.inbox-row').filter({ hasText: 'reports/second.md' }).click();
    await pane(page).getByRole('heading', { name: 'reports/second.md' }).waitFor();
    answer.resolve(undefined);
    const told = page.getByRole('alert').filter({ hasText: 'It was decided by bob at noon.' });
    await told.getByText('What you wrote').click();
    await told.getByText('Not this one.').waitFor();
    await told.getByRole('link', { name: 'reports/first.md' }).click();
    await page.getByRole('heading', { level: 1, name: 'reports/first.md' }).waitFor();
    await told.getByRole('button', { name: 'I have seen it' }).click();
    await told.waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('show all arguments of what is approved together, and stop where somebody says so', async () => {
    const rows = ['one', 'two', 'three'].map((name, index) => asked(name, 9 - index));
    const held = Promise.withResolvers<undefined>();
    const decided: string[] = [];
    const page = await inbox(rows, ({ path }) => {
      if (!path.endsWith('/decision')) return undefined;
      decided.push(path);
      return held.promise.then(() => problem(409, 'Conflict', 'It was decided by bob at noon.'));
    });
    await page.locator('.inbox-row').first().waitFor();
    for (const box of await page.getByRole('checkbox').all()) await box.check();
    await page.getByRole('button', { name: 'Approve 3' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('path: reports/one.md · content: For one.').click();
    await dialog.locator('details[open] dd').getByText('For one.', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Confirm: approve all 3' }).click();
    await dialog.getByText('0 of 3 sent …').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.getByRole('button', { name: 'Stopping …' }).waitFor();
    held.resolve(undefined);
    await dialog.getByText('Stopped: 1 of 3 sent.').waitFor();
    assert.equal(decided.length, 1);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.context().close();
  });
});

const busy = {
  status: 429,
  body: { status: 429, code: 'TooManyRequests', detail: 'More than 600 requests a minute.', help: '' },
};
