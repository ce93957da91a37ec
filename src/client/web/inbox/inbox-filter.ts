import type { PendingApproval } from '../../../contracts/answers.ts';
import { approvalTitle } from '../approval/title.ts';

/** What tells an approval from all others. */
export function approvalRowKey({ agent, approval }: PendingApproval): string {
  return `${approval.id} ${agent}`;
}

/** Those that hold every word somewhere in what their row shows. */
export function matching(rows: readonly PendingApproval[], words: string): PendingApproval[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [...rows];
  return rows.filter((row) => {
    const text = searchable(row);
    return wanted.every((word) => text.includes(word));
  });
}

/** Whoever has waited longest comes first. */
export function oldestFirst(rows: readonly PendingApproval[]): PendingApproval[] {
  return rows.toSorted((one, other) => one.approval.requestedAt.localeCompare(other.approval.requestedAt));
}

/** The one tool that all are about: only then they may be decided together. */
export function commonTool(rows: readonly PendingApproval[]): string | undefined {
  const tools = new Set(rows.map(({ approval }) => `${approval.subject} ${approval.tool}`));
  const [first] = rows;
  return tools.size === 1 && first?.approval.subject === 'tool' ? first.approval.tool : undefined;
}

/** The tool that all are about, if a wrong yes costs little with each of them: only then one click may approve them all. */
export function commonLowRiskTool(rows: readonly PendingApproval[]): string | undefined {
  return rows.every(({ approval }) => approval.risk === 'low') ? commonTool(rows) : undefined;
}

function searchable({ agent, definition, requester = '', approval }: PendingApproval): string {
  const { tool, summary } = approval;
  return [agent, definition, requester, tool, summary, approvalTitle(approval)].join('\n').toLowerCase();
}
