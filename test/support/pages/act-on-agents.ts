import assert from 'node:assert/strict';
import type { PagesStage } from '../pages-stage.ts';

/** Starting, forking, rewinding and cancelling an agent in the browser. The stage has the models `born` and `forked`, and an agent `edited` that has ended. */
export function actOnAgents(stage: () => PagesStage): void {
  it('start an agent, say when it has moved on meanwhile, send it back and cancel it', async () => {
    const { page, complaints } = await stage().openAs('ada', 'admin');
    await page.getByRole('link', { name: 'Agents' }).click();
    await page.getByRole('button', { name: 'Start an agent' }).click();
    await page.getByRole('combobox', { name: 'Definition' }).selectOption('clerk');
    await page.getByRole('textbox', { name: 'Id' }).fill('born');
    await page.getByText('Model, budget, labels').click();
    await page.getByRole('textbox', { name: 'Model' }).fill('born');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('link', { name: 'Decide' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await stage().stage.gateway.send('born', 'message', { text: 'Wait for me.', by: 'bob' });
    await page.getByRole('button', { name: 'Confirm: Pause' }).click();
    await page.getByRole('alert').getByText('this was based on').waitFor();
    await page.getByRole('button', { name: 'Pause all the same' }).click();
    // Its story tells it too, a moment later.
    await page.getByText('Paused by ada').first().waitFor();
    await page.getByRole('button', { name: 'Rewind …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/messages? (or|and) events?/).waitFor();
    const rewind = dialog.getByRole('button', { name: 'Rewind to turn 0' });
    assert.ok(await rewind.isDisabled());
    await dialog.getByRole('checkbox').check();
    await rewind.click();
    await dialog.waitFor({ state: 'detached' });
    await stage().stage.untilStatus(
      'born',
      ({ approvals }) => approvals[0]?.args['path'] === 'reports/again.md',
    );
    // What is seen is what is cancelled: the page hears of it a moment after the agent.
    await page.locator('.timeline').getByText('reports/again.md').first().waitFor();
    await page.getByRole('button', { name: 'Cancel agent' }).click();
    await page.getByRole('button', { name: 'Confirm: Cancel agent' }).click();
    await page.locator('.agent-title').getByText('cancelled').waitFor();
    // The browser takes the conflict for an error.
    assert.equal(complaints.length, 1, complaints.join());
    await stage().leave(page);
  });

  it('fork an agent with another result of a call', async () => {
    await stage().stage.untilStatus('edited', ({ status }) => status === 'completed');
    const { page, complaints } = await stage().openAs('oz', 'operator');
    await page.goto(`${stage().admin.url}/agents/edited`);
    await page
      .locator('.timeline button.line')
      .filter({ hasText: /^✓write_file/ })
      .click();
    await page.getByRole('button', { name: 'Fork with another result' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Result (JSON)' }).fill('{"refused":true}');
    await dialog.getByText('Model, instructions').click();
    await dialog.getByRole('textbox', { name: 'Model' }).fill('forked');
    await dialog.getByRole('button', { name: 'Start the fork' }).click();
    await page.getByText('from turn 1, its tools recorded').waitFor();
    await page.getByText('otherwise').first().waitFor();
    assert.deepEqual(complaints, []);
    await stage().leave(page);
  });
}
