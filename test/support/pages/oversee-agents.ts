import assert from 'node:assert/strict';
import type { PagesStage } from '../pages-stage.ts';

/** What people who watch over agents do in the browser. The stage has the definition `guarded`, and the model `named`. */
export function overseeAgents(stage: () => PagesStage): void {
  it('say that nobody vouches for who asked, and why two people are needed then', async () => {
    const { stage: agents } = stage();
    await agents.gateway.start(
      { agent: 'guarded', input: 'Go.', model: 'named', requester: 'mallory' },
      { id: 'named' },
    );
    await agents.untilStatus('named', ({ approvals }) => approvals.length > 0);
    const { page, complaints } = await stage().openAs('mallory', 'approver');
    const row = page.locator('.inbox-row').filter({ has: page.getByText('named', { exact: true }) });
    await row.getByText('unverified sender').waitFor();
    await row.click();
    await page.getByText('no admin server vouches for who asked').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Approve', exact: true }).isEnabled());
    await agents.gateway.send('named', 'stop', { by: 'ann' });
    assert.deepEqual(complaints, []);
    await page.context().close();
  });
}
