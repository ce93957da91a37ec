import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import * as z from 'zod';
import { desk, type PagesStage } from '../pages-stage.ts';

/** What opens over a page: where, by which button, and what shows that it is there. */
const dialogs = [
  ['/agents', 'Start an agent', 'You are its requester.'],
  ['/agents/attacker', 'Fork …', 'Its tools'],
  ['/agents/attacker', 'Picture …', 'What it shows'],
  ['/agents/attacker', 'Rewind …', 'Reason (optional)'],
] as const;

const AxeResults = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

/** Nothing that axe finds on the page as it is now, in either theme. */
async function assertAccessible(page: Page, what: string): Promise<void> {
  // It is not part of the page, so it comes in by the debugger and not past the content policy.
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // A theme changes colours and nothing else.
    const runOnly = colorScheme === 'dark' ? { runOnly: ['color-contrast'] } : {};
    const options = JSON.stringify({ resultTypes: ['violations'], ...runOnly });
    const found = AxeResults.parse(await page.evaluate(`axe.run(document, ${options})`));
    const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    assert.deepEqual(told, [], `${what}, ${colorScheme}, ${page.viewportSize()?.width} wide`);
  }
}

/** What axe finds on pages and in dialogs, in either theme, on a desk and on a phone. The agent `attacker` asks for an approval. */
export function areAccessible(stage: () => PagesStage): void {
  for (const [where, viewport] of [
    ['a desk', desk],
    ['a phone', { width: 375, height: 700 }],
  ] as const)
    it(`have nothing that axe objects to, light and dark, on ${where}`, async () => {
      const { page } = await stage().openAs('ann', 'admin');
      await page.setViewportSize(viewport);
      await page.goto(stage().admin.url);
      await page.locator('.inbox-row').first().waitFor();
      await assertAccessible(page, 'inbox');
      const paths = [
        '/agents',
        '/?view=decided',
        '/agents/attacker',
        `/agents/attacker/approvals/${await openApproval(stage())}`,
      ];
      for (const path of ['/definitions', '/schedules', '/health']) {
        await page.goto(stage().admin.url + path);
        await page.locator('.cards > li, .empty-state').first().waitFor();
        await assertAccessible(page, path);
      }
      for (const path of paths) {
        await page.goto(stage().admin.url + path);
        await page
          .locator('.agent-row, .decided-row, .timeline .line, .recent-turns .line')
          .first()
          .waitFor();
        await assertAccessible(page, path);
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        assert.ok(Number(overflow) <= 0, `${path} is wider than ${viewport.width}`);
      }
      await page.getByRole('button', { name: 'Approve', exact: true }).click();
      await assertAccessible(page, 'deciding');
      for (const [path, button, shown] of dialogs) {
        await page.goto(stage().admin.url + path);
        await page.getByRole('button', { name: button }).click();
        await page.getByRole('dialog').getByText(shown).waitFor();
        await assertAccessible(page, button);
      }
      await stage().leave(page);
    });
}

async function openApproval({ stage }: PagesStage): Promise<string> {
  const { approvals } = await stage.gateway.status('attacker');
  return approvals[0]?.id ?? '';
}
