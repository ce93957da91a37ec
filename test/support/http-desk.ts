import type { ApprovalView, StatusDocument } from '../../src/contracts/status.ts';
import { calls, finish, type Step } from './models.ts';

const write = (path: string): [string, Record<string, unknown>] => ['write_file', { path, content: 'paid' }];
const wait: Step = calls(['wait_for_event', { name: 'delivery' }]);

/** What the models of the HTTP tests' agents say: one agent for each row, with a model that is called like it. */
export const scripts: Readonly<Record<string, readonly Step[]>> = {
  desk: [calls(write('a.txt')), finish({ paid: 1 })],
  raced: [calls(write('b.txt'), write('c.txt')), finish('raced')],
  told: [wait, finish('heard')],
  'scoped-1': [calls(write('d.txt')), finish('scoped')],
  keyed: [wait],
  guarded: [calls(write('e.txt')), finish('guarded')],
  named: [calls(write('h.txt')), finish('named')],
  granted: [calls(write('f.txt')), calls(write('g.txt')), finish('granted')],
};

export const definition = `model: unused
tools: { write_file: approve, wait_for_event: auto, finish: auto }
---
Do as you are told.`;

export const guarded = `model: unused
tools:
  write_file: { mode: approve, approvers: { role: approver, quorum: 2, fourEyes: true } }
  finish: auto
---
Do as you are told.`;

export interface Approvals {
  readonly approvals: {
    agent: string;
    approval: Pick<ApprovalView, 'id' | 'revision' | 'required' | 'requesterUnproven'>;
  }[];
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly current?: StatusDocument;
}
