import type { ApprovalView, Interruption, StatusDocument } from '../../src/contracts/status.ts';

/** All samples are about this moment. */
export const now = Date.parse('2026-03-02T12:00:00Z');

export function isoBefore(ms: number): string {
  return new Date(now - ms).toISOString();
}

export function approvalSample(change: Partial<ApprovalView> = {}): ApprovalView {
  return {
    id: 't2-1-abc123',
    revision: 1,
    subject: 'tool',
    tool: 'write_file',
    args: { path: "it's.md" },
    facts: {},
    hash: 'h',
    summary: 'Allow write_file?',
    requestedAt: isoBefore(180_000),
    expiresAt: isoBefore(-2 * 86_400_000),
    onDeadline: 'reject',
    required: 1,
    decisions: [],
    allowedDecisions: ['approve', 'edit', 'reject', 'respond', 'ignore'],
    ...change,
  };
}

export function interruptionSample(change: Partial<Interruption> = {}): Interruption {
  return {
    kind: 'approval',
    id: 't2-1-abc123',
    since: isoBefore(180_000),
    deadline: isoBefore(-2 * 86_400_000),
    onDeadline: 'reject',
    resumeBy: ['decide: approve'],
    summary: 'Allow write_file?',
    snapshot: { turn: 2, revision: 4, contextHash: 'c' },
    ...change,
  };
}

export function statusSample(change: Partial<StatusDocument> = {}): StatusDocument {
  return {
    version: 1,
    agent: 'a1',
    definition: { name: 'demo', hash: '0123456789abcdef' },
    status: 'waiting',
    revision: 4,
    turn: 2,
    since: isoBefore(180_000),
    input: 'Write a report',
    labels: {},
    interruptions: [interruptionSample()],
    approvals: [approvalSample()],
    calls: [],
    queued: { messages: 0, events: 0 },
    notes: [],
    usage: { turns: 2, inputTokens: 1_200, outputTokens: 34, usd: 0.125 },
    budget: { turns: 200, tokens: 400_000, usd: 5, deadline: isoBefore(-14 * 86_400_000) },
    ...change,
  };
}
