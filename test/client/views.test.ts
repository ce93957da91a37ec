import assert from 'node:assert/strict';
import picocolors from 'picocolors';
import { approvalsText } from '../../src/client/cli/approvals.ts';
import { listText } from '../../src/client/cli/list.ts';
import { agentView, statusLine } from '../../src/client/cli/view/agent-view.ts';
import { deploymentView } from '../../src/client/cli/view/deployment-view.ts';
import { why, whyView } from '../../src/client/cli/view/why-view.ts';
import type { AnswerForm } from '../../src/contracts/form.ts';
import { approvalSample, interruptionSample, isoBefore, now, statusSample } from './samples.ts';

const colors = picocolors.createColors(false);
const me = { by: 'ann', flags: [] };

describe('the state of an agent as text', () => {
  it('is said in one line after each message', () => {
    assert.equal(
      statusLine(statusSample(), now),
      'a1 is waiting for approval (for 3 min, turn 2, revision 4)',
    );
  });

  it('names definition, use of the budget and what it waits for', () => {
    const text = agentView(statusSample({ notes: ['one', 'two'], result: { ok: true } }), now, colors);
    assert.match(text, /definition {2}demo \(01234567\)/);
    assert.match(
      text,
      /2 of 200 turns, 1,234 of 400,000 tokens, \$0\.1[23] of \$5\.00, until .* \(in 14 d\)/,
    );
    assert.match(text, /waiting for 3 min, until .* \(in 2 d\), then: reject/);
    assert.match(text, /note {8}one\n {14}two/);
    assert.match(text, /"ok": true/);
  });

  it('lets no text of others act on the terminal', () => {
    const evil = '\u001b[2J\u009b31m\rgone';
    const status = statusSample({
      input: evil,
      notes: [evil],
      failure: { type: 'ToolBroken', message: evil },
      interruptions: [interruptionSample({ summary: evil, onDeadline: evil })],
      calls: [{ index: 0, tool: evil, status: 'running', args: { text: evil }, since: isoBefore(0) }],
    });
    const text = agentView(status, now, colors) + whyView(why(status, me), now);
    // oxlint-disable-next-line no-control-regex -- That there is none but line breaks is what is tested.
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe('why', () => {
  it('gives the exact line of both tools for each decision that is allowed', () => {
    const [wait] = why(statusSample(), { by: 'ann', flags: ['--namespace', 'team a'] }).waits;
    assert.deepEqual(
      wait?.unblock.map(({ perdure }) => perdure.split(' ')[1]),
      ['approve', 'edit', 'reject', 'respond', 'ignore'],
    );
    assert.equal(wait.unblock[0]?.perdure, "perdure approve a1 t2-1-abc123 --namespace 'team a'");
    assert.equal(
      wait.unblock[1]?.temporal,
      `temporal workflow update execute --workflow-id a1 --name decide --input ` +
        `'{"approval":"t2-1-abc123","decision":"edit","by":"ann","args":{"path":"it'\\''s.md"},"revision":1}' ` +
        `--namespace 'team a'`,
    );
  });

  const waits: [string, Parameters<typeof interruptionSample>[0], string][] = [
    ['an idle agent', { kind: 'input', id: 'idle-2' }, "perdure say a1 'your message'"],
    [
      'an event',
      { kind: 'event', id: 't2-1', resumeBy: ['event: goods in'] },
      "perdure event a1 'goods in' '{}'",
    ],
    ['a rate limit', { kind: 'rate_limit', id: 'rate_limit-2' }, 'perdure resume a1'],
    ['a timer', { kind: 'timer', id: 't2-1' }, 'perdure resume a1'],
  ];
  for (const [title, interruption, line] of waits)
    it(`knows what ends ${title}`, () => {
      const status = statusSample({ approvals: [], interruptions: [interruptionSample(interruption)] });
      assert.equal(why(status, me).waits[0]?.unblock[0]?.perdure, line);
    });

  it('extends an exhausted budget as it is proposed', () => {
    const id = 'b2-abc123';
    const asked = { id, subject: 'budget' as const, tool: 'extendBudget', args: { turns: 100 } };
    const status = statusSample({
      approvals: [approvalSample({ ...asked, allowedDecisions: ['approve', 'edit', 'reject'] })],
      interruptions: [interruptionSample({ kind: 'budget', id })],
    });
    const ways = why(status, me).waits[0]?.unblock ?? [];
    assert.deepEqual(
      ways.map(({ does }) => does),
      ['extend it as proposed', 'extend it by something else', 'end the agent'],
    );
    assert.equal(ways[0]?.perdure, `perdure approve a1 ${id}`);
  });

  it('resumes a paused agent, and says when nobody is waited for', () => {
    const idle = { interruptions: [], approvals: [] };
    const paused = statusSample({ ...idle, status: 'paused', paused: { by: 'bob', at: isoBefore(0) } });
    assert.match(whyView(why(paused, me), now), /perdure resume a1/);
    assert.match(whyView(why(statusSample({ ...idle, status: 'thinking' }), me), now), /it waits for nobody/);
  });
});

describe('an agent that can not move', () => {
  const trouble = {
    kind: 'task_failing' as const,
    summary: "the worker's build takes other steps: \u001b[2Jgone",
    advice: 'Start the build before it.',
    since: isoBefore(180_000),
    attempts: 7,
    cause: 'NonDeterministicError',
  };

  it('is not said to be well, whatever it waits for', () => {
    const text = whyView(why(statusSample(), me, trouble), now);
    assert.match(text, /^a1 can't move; it was waiting \(for 3 min, turn 2\)\n/);
    assert.match(
      text,
      /NonDeterministicError, for 3 min \(tried 7 times\)\n {2}to do: Start the build before it\./,
    );
    assert.match(text, /perdure approve a1/);
    assert.ok(!text.includes('\u001b'));
  });

  it('is not said to wait for nobody', () => {
    const text = whyView(why(statusSample({ interruptions: [], status: 'thinking' }), me, trouble), now);
    assert.match(text, /^a1 can't move; it was thinking/);
    assert.ok(!text.includes('waits for nobody'));
  });
});

describe('builds as text', () => {
  const build = { workers: ['w1'], agents: { count: 7, ids: ['a1', 'a2'] }, pinned: 0 };

  it('have a line each, and what strands agents below', () => {
    const stranded = { ...build, workers: [], pinned: 7, stranded: 'nobody is there' };
    const text = deploymentView(
      {
        taskQueue: 'perdure',
        deployment: 'perdure',
        current: 'two',
        builds: [
          { ...build, build: 'two', state: 'current' },
          { ...stranded, build: 'one', state: 'draining' },
        ],
      },
      colors,
    );
    assert.match(text, /^Deployment perdure on task queue perdure: current build two\./);
    assert.match(text, /two +current +1 +7 +0 +a1, a2 and 5 more/);
    assert.match(text, /stranded +one: nobody is there/);
  });

  it('are the unversioned workers alone where nobody opted in', () => {
    const text = deploymentView({ taskQueue: 'q', builds: [{ ...build, state: 'unversioned' }] }, colors);
    assert.match(text, /^Task queue q: unversioned workers\.\n/);
  });
});

describe('lists', () => {
  it('tells never used from filtered to none', () => {
    assert.match(listText([], {}, now), /No agents yet/);
    assert.match(listText([], { status: 'waiting' }, now), /No agent matches/);
  });

  it('has a line for each agent', () => {
    const agent = {
      agent: 'a1',
      runId: 'r',
      status: 'waiting',
      waitingFor: ['approval'],
      pendingApprovals: 1,
    };
    const [, line] = listText([{ ...agent, startedAt: isoBefore(60_000) }], {}, now).split('\n');
    assert.match(line ?? '', /^a1 +waiting +approval +- +- +1 min ago$/);
  });

  it('shows the exact arguments and facts of an approval, and how to decide', () => {
    const approval = approvalSample({ facts: { amount: 1200 }, rule: 'facts.amount > 1000' });
    const pending = {
      approvals: [{ agent: 'a1', definition: 'demo', approval }],
      unanswered: [],
      more: false,
    };
    const text = approvalsText(pending, now, []);
    assert.match(text, /^a1 t2-1-abc123: Allow write_file\?$/m);
    assert.match(text, /^ {2}args {5}path="it's\.md"$/m);
    assert.match(text, /^ {2}facts {4}amount=1200$/m);
    assert.match(text, /^ {2}because {2}facts\.amount > 1000$/m);
    assert.match(
      text,
      /^ {2}decide {3}perdure approve a1 t2-1-abc123\n {11}or edit, reject, respond, ignore$/m,
    );
  });

  it('says what each field of a question may be, and how to answer it', () => {
    const properties: AnswerForm['properties'] = {
      boxes: { type: 'integer', minimum: 5, maximum: 10, title: 'Boxes', description: 'to send' },
      currency: { type: 'string', enum: ['EUR', 'US dollars'] },
      note: { type: 'string' },
    };
    const form: AnswerForm = { type: 'object', properties, required: ['boxes', 'currency'] };
    const approval = approvalSample({ subject: 'question', form, allowedDecisions: ['respond', 'ignore'] });
    const pending = {
      approvals: [{ agent: 'a1', definition: 'demo', approval }],
      unanswered: [],
      more: false,
    };
    const text = approvalsText(pending, now, []);
    assert.match(text, /^ {2}form {5}boxes \(integer from 5 to 10\) Boxes: to send$/m);
    assert.match(text, /^ {11}currency \(EUR \| US dollars\)\n {11}note \(string optional\)$/m);
    const answer = `'{"boxes":5,"currency":"EUR"}'`;
    assert.ok(text.includes(`  decide   perdure respond a1 t2-1-abc123 --args ${answer}\n`), text);
    const [wait] = why(statusSample({ approvals: [approval] }), me).waits;
    assert.equal(wait?.unblock[0]?.perdure, `perdure respond a1 t2-1-abc123 --args ${answer}`);
    assert.match(wait.unblock[0].temporal, /"args":\{"boxes":5,"currency":"EUR"\}/);
  });
});
