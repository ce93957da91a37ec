import assert from 'node:assert/strict';
import type { PagesStage } from '../pages-stage.ts';
import { until } from '../stage.ts';

/**
 * What can be looked at beside the inbox. The stage has the model `writing`, which stops in the middle, and the agents `attacker`,
 * which waits, and `edited`, whose call was edited.
 */
export function lookAround(stage: () => PagesStage): void {
  it('tell what an agent did, find it in all turns, and explain a call', async () => {
    await stage().stage.untilStatus('edited', ({ status }) => status === 'completed');
    const { page, complaints } = await stage().openAs('vic', 'viewer');
    await page.goto(`${stage().admin.url}/agents/edited`);
    const line = page.locator('.timeline button.line');
    await line.filter({ hasText: 'finish' }).waitFor();
    await page.getByRole('combobox', { name: 'Show' }).selectOption('call');
    await until('only calls are shown', async () => (await line.count()) === 2);
    await page.getByRole('combobox', { name: 'Show' }).selectOption('all');
    await page.getByRole('searchbox').fill('DRAFT.MD');
    await line.filter({ hasText: 'finish' }).waitFor({ state: 'detached' });
    await line.filter({ hasText: /^✓write_file/ }).click();
    const side = page.getByRole('complementary');
    await side.getByText('Job of edited.').waitFor();
    await side.getByText('approve', { exact: true }).first().waitFor();
    await side.getByRole('region', { name: 'Edited against proposed arguments' }).waitFor();
    assert.deepEqual(complaints, []);
    await stage().leave(page);
  });

  it('show what a model writes while it writes, and what happened as a diagram', async () => {
    await stage().stage.gateway.start(
      { agent: 'clerk', input: 'Write.', model: 'writing' },
      { id: 'writing' },
    );
    const { page, complaints } = await stage().openAs('vic', 'viewer');
    await page.goto(`${stage().admin.url}/agents/writing`);
    const words = page.getByRole('region', { name: 'What the model writes now' });
    await words.waitFor();
    assert.ok((await words.locator('.words').innerText()).length > 10);
    await page.getByRole('button', { name: 'Picture …' }).click();
    await page.getByText('sequenceDiagram').waitFor();
    await page.getByRole('radio', { name: 'From status to status' }).check();
    await page.getByText('starting --> thinking: once').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await stage().stage.gateway.cancel('writing', 'enough');
    await words.waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
    await stage().leave(page);
  });

  it('tell who works and what waits, and what agents can be started from', async () => {
    const { page, complaints } = await stage().openAs('vic', 'viewer');
    await page.getByRole('link', { name: 'Health' }).click();
    for (const queue of ['Agents', 'Models and quick tools', 'Tools'])
      await page
        .locator('.cards > li')
        .filter({ has: page.getByRole('heading', { name: queue, exact: true }) })
        .getByText(/^asked/)
        .first()
        .waitFor();
    await page.getByRole('link', { name: /waiting$/ }).click();
    await page.locator('.agent-row').filter({ hasText: 'attacker' }).waitFor();
    await page.getByRole('link', { name: 'Definitions' }).click();
    await page.getByRole('heading', { name: 'guarded' }).waitFor();
    await page.getByRole('link', { name: 'Schedules' }).click();
    await page.getByText('There are no schedules').waitFor();
    assert.deepEqual(complaints, []);
    await stage().leave(page);
  });
}
