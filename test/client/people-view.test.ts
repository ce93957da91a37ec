import assert from 'node:assert/strict';
import type { ApprovalView } from '../../src/contracts/status.ts';
import picocolors from 'picocolors';
import { entryText } from '../../src/client/cli/view/entry-view.ts';
import { itemWords } from '../../src/client/cli/view/item-words.ts';
import { grantText, peopleRows } from '../../src/client/cli/view/people-view.ts';
import type { Role } from '../../src/contracts/role.ts';

const at = '2026-03-02T08:00:00.000Z';
const now = Date.parse('2026-03-02T08:10:00Z');
const open: ApprovalView = {
  ...{ id: 't1-1-abc', revision: 1, subject: 'tool', tool: 'pay', args: {}, facts: {}, hash: 'h' },
  ...{ summary: '', requestedAt: at, required: 1, allowedDecisions: ['approve'], decisions: [] },
};

describe('who decides, as the command line shows it', () => {
  it('is nothing where anybody may and nobody has', () => {
    assert.deepEqual(peopleRows(open, now), []);
  });

  it('is who may, who has, whether anybody vouches for them, and who is at it', () => {
    const claim = { by: 'carla', at, until: '2026-03-02T09:00:00.000Z' };
    const rows = peopleRows(
      {
        ...open,
        ...{
          approvers: { people: ['ann'], role: 'admin' },
          notBy: 'bert',
          required: 2,
          signedIn: true,
          claim,
        },
        ...{ told: 2, escalations: [{ at: '2026-03-03T08:00:00.000Z', people: ['dora'] }] },
        decisions: [
          { decision: 'approve', by: 'ann', at, signedInAs: 'operator' },
          { decision: 'approve', by: 'eve', at },
        ],
      },
      now,
    );
    const [[, who] = ['', ''], ...rest] = rows;
    assert.match(who, /^ann, signed in as admin; only who is signed in; not bert; 2 must agree; others /);
    assert.deepEqual(rest.slice(0, 2), [
      ['so far', 'approve by ann (operator) 10 min ago'],
      ['so far', 'approve by eve (unverified) 10 min ago'],
    ]);
    assert.match(rest[2]?.[1] ?? '', /^by carla \(unverified\) until /);
    const later = peopleRows({ ...open, claim }, Date.parse(claim.until));
    assert.deepEqual(later, []);
  });

  it('says what leave given ahead is for, how often it was used and that it was taken back', () => {
    const grant = { id: 'g-1', tool: 'pay', when: 'facts.amount < 5.0', by: 'ann', at, until: at, used: 3 };
    assert.match(
      grantText({ ...grant, revoked: { by: 'bert', at } }, now),
      /^g-1: pay; facts.amount < 5.0, by ann \(unverified\) until .*, used 3 times, revoked by bert \(unverified\)$/,
    );
  });

  it('is marked as unverified where nobody vouches for whoever sent something', () => {
    const told = (signedInAs: Role | undefined) => {
      const role = signedInAs === undefined ? {} : { signedInAs };
      const common = { id: 'x', turn: 1, at: 0 };
      const transition = { ...({ revision: 4, turn: 1, from: 'waiting', to: 'paused', at: 0 } as const) };
      return [
        itemWords({ ...common, ...role, kind: 'message', what: 'message', by: 'ann', text: 'Stop.' }).words,
        itemWords({
          ...common,
          kind: 'transition',
          transition: { ...transition, ...role, actor: 'ann', cause: 'pause' },
        }).words,
        entryText(
          { turn: 1, at: 0, by: 'ann', ...role, message: { role: 'user', text: 'Message from ann:\nStop.' } },
          picocolors.createColors(false),
        ),
      ];
    };
    assert.deepEqual(told(undefined), [
      'ann (unverified): Stop.',
      'r4 waiting → paused: pause, ann (unverified)',
      '[1] ann (unverified): Stop.',
    ]);
    assert.ok(told('operator').every((line) => !line.includes('unverified')));
    const goal = { turn: 0, at: 0, by: 'ann', message: { role: 'user' as const, text: 'Begin.' } };
    assert.equal(entryText(goal, picocolors.createColors(false)), '[0] ann: Begin.');
  });
});
