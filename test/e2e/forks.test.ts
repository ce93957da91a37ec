import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ForkInput, ForkStart } from '../../src/client/forking.ts';
import { AuditEntry, type AuditKind } from '../../src/contracts/audit.ts';
import type { Fork } from '../../src/contracts/fork.ts';
import type { StatusDocument } from '../../src/contracts/status.ts';
import { ruleReply } from '../../src/simulator/rule-model.ts';
import { decideAlone, sendDecision } from '../../temporal/demo-decisions.ts';
import { expectedPayments, paidIn } from '../support/expected-payments.ts';
import { type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { Stage, taskQueue, until } from '../support/stage.ts';

const root = join(import.meta.dirname, '../..');
const input = 'Work through the invoices.';
const me: ForkStart = { requester: 'carla' };

describe('a fork of the invoice desk', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let turns: number;
  let asked = 0;

  before(async () => {
    const step: Step = ({ body }) => {
      asked += 1;
      return ruleReply(body);
    };
    models = await switchOfModels({ simulator: { script: Array<Step>(1_000).fill(step) } });
    stage = await Stage.create({ modelUrl: models.url });
    await cp(join(root, 'agents/invoice-desk.md'), join(stage.agentsDir, 'invoice-desk.md'));
    await cp(join(root, 'examples/invoice-desk'), stage.workspace, { recursive: true });
    await stage.gateway.start({ agent: 'invoice-desk', input, model: 'simulator' }, { id: 'desk' });
    const { turn } = await decideUntilEnd('desk');
    turns = turn;
  });
  after(async () => {
    await stage.dispose();
    await models.close();
  });

  async function decideUntilEnd(id: string): Promise<StatusDocument> {
    let status = await stage.gateway.status(id);
    await until(`${id} ends`, async () => {
      status = await stage.gateway.status(id);
      for (const approval of status.approvals) {
        const answer = await decideAlone(approval, () => Promise.resolve(true));
        assert.ok(typeof answer === 'object');
        await sendDecision(stage.gateway, id, approval, { ...answer, by: 'ann' });
      }
      return status.status === 'completed' || status.status === 'failed';
    });
    return status;
  }

  async function fork(turn: number, how: Partial<ForkInput> = {}, start = me) {
    const { agent } = await stage.gateway.fork('desk', { turn, ...how, start });
    return stage.gateway.result(agent).then((outcome) => ({ agent, outcome }));
  }

  async function said(id: string) {
    const { entries } = await stage.gateway.transcript(id);
    return entries.map(({ turn, message }) => ({ turn, message }));
  }

  it('of each turn ends as it did with recorded tools: no payment, no question, no model', async () => {
    const [paid, before] = [paidIn(stage.ledgerFile), asked];
    assert.deepEqual(paid, (await expectedPayments(stage.workspace)).paid);
    const { result } = await stage.gateway.status('desk');
    const whole = await said('desk');
    for (const { agent, outcome } of await Promise.all(
      Array.from({ length: turns + 1 }, (_, turn) => fork(turn)),
    )) {
      assert.deepEqual(outcome, { status: 'completed', result });
      assert.deepEqual(await said(agent), whole);
      assert.equal((await stage.gateway.compare('desk', agent)).parting, undefined);
    }
    assert.deepEqual(paidIn(stage.ledgerFile), paid);
    assert.equal(asked, before);
  });

  it('has an audit in which nothing that it took over is taken for its own doing', async () => {
    const { agent } = await fork(turns - 2);
    const { runs } = await stage.gateway.audit(agent, false);
    const lines = runs.flatMap(({ entries }) => z.array(AuditEntry).parse(entries));
    const of = (kind: AuditKind) => lines.filter(({ what }) => what === kind).map(({ call }) => call);
    assert.deepEqual(new Set(of('call.ended')), new Set(of('call.proposed')));
    assert.deepEqual(of('call.started'), []);
    const paid = lines.filter(({ what, tool }) => what === 'call.ended' && tool === 'pay_invoice');
    assert.ok(paid.length > 0 && paid.every(({ why = '' }) => why.endsWith('agent that was forked')));
  });

  it('with one changed answer differs only after it, and still pays nothing', async () => {
    const paid = paidIn(stage.ledgerFile);
    const whole = await said('desk');
    const answered = whole.findIndex(
      ({ message }) =>
        message.role === 'tool' && message.name === 'ask_human' && /"ok":true/.test(message.text),
    );
    const { turn } = whole[answered] ?? assert.fail('nobody was asked');
    const call = whole
      .slice(0, answered + 1)
      .filter((e) => e.turn === turn && e.message.role === 'tool').length;
    const { agent } = await stage.gateway.fork('desk', {
      turn,
      results: [{ turn, call, result: { answer: 'write to the supplier' } }],
      start: me,
    });
    await decideUntilEnd(agent);
    const other = await said(agent);
    const first = other.findIndex((entry, at) => JSON.stringify(entry) !== JSON.stringify(whole[at]));
    assert.equal(first, answered);
    assert.deepEqual(paidIn(stage.ledgerFile), paid);
  });

  it('starts with the plain `temporal` CLI as well, and one that can not be made says why', async () => {
    const start = async (id: string, given: Partial<Fork> & { turn: number }) => {
      const args = [{ agent: 'invoice-desk', fork: { agent: 'desk', ...given } }];
      const handle = await stage.client.workflow.start('persistentAgent', {
        ...{ workflowId: id, taskQueue, args },
      });
      return stage.gateway.result(handle.workflowId);
    };
    assert.equal((await start('plain', { turn: 2 })).status, 'completed');
    assert.deepEqual((await start('late', { turn: 999 })).status, 'failed');
    const late = await stage.gateway.status('late');
    assert.match(late.failure?.message ?? '', /turn 999 has not ended yet/);
    await assert.rejects(fork(999), /turn 999 has not ended yet/);
    const none = await start('none', { turn: 1, agent: 'nobody' });
    assert.ok(none.status === 'failed' && none.failure.type === 'NotFound');
  });

  it('is read without a worker as it is with one', async () => {
    const { agent } = await fork(3);
    const agree = () => assert.fail('nothing can be left behind');
    const back = stage.gateway.rewind(agent, 1, { by: 'carla', agree });
    await assert.rejects(back, /turns up to 2 are those of the agent that it was forked from/);
    await stage.worker.stop();
    const status = await stage.gateway.status(agent);
    assert.deepEqual([status.status, status.fork?.turn], ['completed', 3]);
    assert.deepEqual(await said(agent), await said('desk'));
    await stage.startWorker();
  });
});
