import assert from 'node:assert/strict';
import type { ChildEnding } from '../../src/contracts/child.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import type { RequestedCall } from '../../src/contracts/model.ts';
import type { ConditionCheck, Reconciliation } from '../../src/contracts/tool.ts';
import { nothingUsed } from '../../src/core/budget.ts';
import { call, factsFor } from '../support/agent-builder.ts';

export const requests: readonly ((n: number) => RequestedCall)[] = [
  (n) => call('look', { what: `${n % 3}` }),
  (n) => call('weigh', { what: `${n % 3}` }),
  (n) => call('store', { what: 'x'.repeat(n) }),
  () => call('book', { what: 'room' }),
  (n) => call('order', { what: `${n % 3}` }),
  (n) => call('shout', { what: `${n % 3}` }),
  (n) => call('pay', { invoice: `i${n % 3}` }),
  (n) => call('pay', { invoice: `i${n % 3}` }),
  () => call('ask_human', { question: 'Which?' }),
  (n) => call('note', { text: `n${n}` }),
  () => call('sleep_until', { after: '2d' }),
  (n) => call('wait_for_event', { name: `e${n % 2}`, timeout: '3d' }),
  (n) => call('finish', { result: n }),
  (n) => call('delegate', { agent: `helper-${n % 2}`, input: 'help', wait: n % 3 > 0 }),
  (n) =>
    call('watch', { tool: 'look', args: { what: `${n % 3}` }, condition: 'result.open == 0', every: '2h' }),
  () => call('ghost', {}),
  () => call('store', { what: 5 }),
  (n) => ({ id: `bad-${n}`, name: 'store', args: { type: 'malformed', text: '{', reason: 'cut off' } }),
];
export const facts: readonly JsonObject[] = [
  ...Object.values(factsFor),
  {},
  { ...factsFor.approve, amount: 7_000 },
];
export const modelProblems = [
  'ModelRateLimited',
  'ModelUnavailable',
  'ContextTooLong',
  'ModelAuthentication',
];
export const toolProblems = ['ToolTimeout', 'ToolUnavailable', 'ToolBroken', 'ToolRateLimited', 'LeaseLost'];
export const findings: readonly Reconciliation[] = [
  { type: 'done', result: { number: 'n' } },
  { type: 'not-done' },
  { type: 'not-known', reason: 'no trace' },
];
export const endings = (turns: number): readonly ChildEnding[] => [
  { status: 'completed', result: 'well', usage: { ...nothingUsed, turns } },
  { status: 'failed', failure: { type: 'BudgetExceeded', message: 'all used' } },
  { status: 'cancelled', reason: 'stopped', usage: nothingUsed },
];
export const decisions = ['approve', 'approve', 'edit', 'reject', 'respond', 'ignore'];

/** One of them, told by a number. */
export function at<Item>(items: readonly Item[], n: number): Item {
  return items[n % items.length] ?? assert.fail('nothing to pick from');
}

export const checksFound: readonly ConditionCheck[] = [
  { type: 'not-held' },
  { type: 'not-held' },
  { type: 'held', result: { open: 0 } },
  { type: 'unclear', problem: 'no such field' },
  { type: 'failed', error: { type: 'NotFound', message: 'nothing there' } },
];
