import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import * as z from 'zod';
import type { PagesStage } from '../pages-stage.ts';

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

/** Nothing that axe finds. It is not part of the page, so it comes in by the debugger and not past the content policy. */
async function assertAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source);
  // A theme changes colours and nothing else.
  const isDark = z.boolean().parse(await page.evaluate('matchMedia("(prefers-color-scheme: dark)").matches'));
  const options = { resultTypes: ['violations'], ...(isDark ? { runOnly: ['color-contrast'] } : {}) };
  const found = AxeResults.parse(await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`));
  const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  assert.deepEqual(told, [], what);
}

/** What axe finds on pages and in dialogs, in either theme, on a desk and on a phone. The agent `attacker` asks for an approval. */
export function areAccessible(stage: () => PagesStage): void {
  for (const colorScheme of ['light', 'dark'] as const)
    it(`have nothing that axe objects to, ${colorScheme}, on a desk and on a phone`, async () => {
      for (const viewport of [
        { width: 1360, height: 850 },
        { width: 375, height: 700 },
      ]) {
        const { page } = await stage().openAs('ann', 'admin', { colorScheme, viewport });
        await page.locator('.inbox-row').first().waitFor();
        await assertAccessible(page, `inbox ${viewport.width}`);
        const paths = [
          '/agents',
          '/?view=decided',
          '/agents/attacker',
          `/agents/attacker/approvals/${await openApproval(stage())}`,
        ];
        for (const path of ['/definitions', '/schedules', '/health']) {
          await page.goto(stage().admin.url + path);
          await page.locator('.cards > li, .empty-state').first().waitFor();
          await assertAccessible(page, `${path} ${viewport.width}`);
        }
        for (const path of paths) {
          await page.goto(stage().admin.url + path);
          await page
            .locator('.agent-row, .decided-row, .timeline .line, .recent-turns .line')
            .first()
            .waitFor();
          await assertAccessible(page, `${path} ${viewport.width}`);
          const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          assert.ok(Number(overflow) <= 0, `${path} is wider than ${viewport.width}`);
        }
        await page.getByRole('button', { name: 'Approve', exact: true }).click();
        await assertAccessible(page, `deciding ${viewport.width}`);
        for (const [path, button, shown] of dialogs) {
          await page.goto(stage().admin.url + path);
          await page.getByRole('button', { name: button }).click();
          await page.getByRole('dialog').getByText(shown).waitFor();
          await assertAccessible(page, `${button} ${viewport.width}`);
        }
        await page.context().close();
      }
    });
}

async function openApproval({ stage }: PagesStage): Promise<string> {
  const { approvals } = await stage.gateway.status('attacker');
  return approvals[0]?.id ?? '';
}
