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
    await stage().leave(page);
  });

  it('add to a budget, and pause, resume and stop several agents, with what came of each', async () => {
    const { stage: agents } = stage();
    const ids = ['many-1', 'many-2'];
    for (const id of ids) {
      await agents.gateway.start({ agent: 'clerk', input: 'Go.', model: id }, { id });
      await agents.untilStatus(id, ({ approvals }) => approvals.length > 0);
    }
    const { page, complaints } = await stage().openAs('ada', 'admin');
    await page.goto(`${stage().admin.url}/agents/many-1`);
    const { turns } = (await agents.gateway.status('many-1')).budget;
    await page.getByRole('button', { name: 'Verify' }).click();
    const end = (await page.locator('.audit-end code').innerText()).trim();
    await page.getByRole('textbox', { name: 'End of an earlier one' }).fill(end);
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('Nothing has been added or changed since.').waitFor();
    await page.getByRole('button', { name: 'Extend …' }).click();
    await page.getByRole('textbox', { name: 'Turns' }).fill('7');
    await page.getByRole('button', { name: 'Confirm: Extend' }).click();
    await agents.untilStatus('many-1', ({ budget }) => budget.turns === turns + 7);
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('more has come').waitFor();
    const last = end.endsWith('0') ? '1' : '0';
    await page.getByRole('textbox', { name: 'End of an earlier one' }).fill(end.slice(0, -1) + last);
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('It is not what was taken then').waitFor();
    await page.goto(`${stage().admin.url}/agents?status=waiting`);
    await page.getByRole('button', { name: 'Save this filter' }).click();
    await page.goto(`${stage().admin.url}/agents`);
    await page.getByRole('link', { name: 'waiting', exact: true }).click();
    await page.waitForURL(/\/agents\?status=waiting$/);
    for (const [verb, wanted] of [
      ['Pause', 'paused'],
      ['Resume', 'waiting'],
      ['Stop', 'cancelled'],
    ] as const) {
      for (const id of ids) await page.getByRole('checkbox', { name: `Choose ${id}` }).check();
      await page.getByRole('button', { name: `${verb} 2` }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: `Confirm: ${verb.toLowerCase()} all 2` }).click();
      await dialog.getByRole('button', { name: 'Done' }).click();
      for (const id of ids) await agents.untilStatus(id, ({ status }) => status === wanted);
      await page.goto(`${stage().admin.url}/agents${verb === 'Pause' ? '?status=paused' : ''}`);
    }
    assert.deepEqual(complaints, []);
    await stage().leave(page);
  });

  it('pause, resume and trigger a schedule; a viewer may not', async () => {
    const { schedules } = stage().stage.gateway;
    const start = { agent: 'clerk', input: 'Go.', model: 'named' };
    await schedules.create({ id: 'yearly', timing: { cron: '0 0 1 1 *' }, action: { kind: 'start', start } });
    const { page, complaints } = await stage().openAs('oz', 'operator');
    await page.getByRole('link', { name: 'Schedules' }).click();
    const card = page.locator('.cards > li').filter({ hasText: 'yearly' });
    for (const [verb, isPaused] of [
      ['Pause', true],
      ['Resume', false],
    ] as const) {
      await card.getByRole('button', { name: verb }).click();
      await card.getByRole('button', { name: `Confirm: ${verb}` }).click();
      await card.getByText(`${verb.toLowerCase()}d by oz`).waitFor();
      assert.equal((await schedules.describe('yearly')).paused, isPaused);
    }
    await card.getByRole('button', { name: 'Act now' }).click();
    await card.getByRole('button', { name: 'Confirm: Act now' }).click();
    await card.getByText('It acts now.').waitFor();
    const { page: viewer } = await stage().openAs('vic', 'viewer');
    await viewer.getByRole('link', { name: 'Schedules' }).click();
    assert.ok(await viewer.getByRole('button', { name: 'Pause' }).isDisabled());
    await schedules.delete('yearly');
    assert.deepEqual(complaints, []);
    await stage().leave(viewer);
    await stage().leave(page);
  });
}
