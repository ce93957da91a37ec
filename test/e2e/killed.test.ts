import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ruleReply } from '../../src/simulator/rule-model.ts';
import { createModelServer, type ModelServer } from '../../src/simulator/model-server.ts';
import { decideAlone, sendDecision } from '../../temporal/demo-decisions.ts';
import { expectedPayments, paidIn } from '../support/expected-payments.ts';
import { Stage } from '../support/stage.ts';
import { stepsOf } from '../support/steps.ts';

const root = join(import.meta.dirname, '../..');

/** What a test does around a model call: before the reply is sent, and when it has been. */
interface Around {
  readonly before?: (call: number) => Promise<void>;
  readonly after?: (call: number) => void;
}

describe('an invoice desk whose processes are killed', () => {
  let model: ModelServer;
  let stage: Stage;
  let around: Around;
  let kills: number;

  beforeEach(async () => {
    kills = 0;
    around = {};
    let call = 0;
    model = await createModelServer(async ({ body }) => {
      call += 1;
      const mine = call;
      await around.before?.(mine);
      const reply = ruleReply(body);
      around.after?.(mine);
      return reply;
    });
    stage = await Stage.create({ modelUrl: model.url, agentsDir: join(root, 'agents') });
    await cp(join(root, 'examples/invoice-desk'), stage.workspace, {
      recursive: true,
      filter: (path) => !path.includes('reports'),
    });
  });
  afterEach(async () => {
    await stage.dispose();
    await model.close();
  });

  function kill(): void {
    kills += 1;
    stage.worker.kill('SIGKILL');
  }

  /** Runs an agent to its end; whenever its worker is gone, another one is started. */
  async function runToTheEnd(onLook: (approvals: number) => Promise<void> = () => Promise.resolve()) {
    const { agent } = await stage.gateway.start({
      agent: 'invoice-desk',
      input: 'Work through the invoices.',
    });
    const stillOpen = (): Promise<boolean> => Promise.resolve(true);
    while ((await stage.gateway.live(agent)).open) {
      if (stage.worker.exit() !== undefined) await stage.startWorker();
      const status = await stage.statusIfAnswered(agent);
      await onLook(status?.approvals.length ?? 0);
      for (const approval of status?.approvals ?? []) {
        const answer = await decideAlone(approval, stillOpen);
        if (typeof answer === 'object')
          await sendDecision(stage.gateway, agent, approval, { ...answer, by: 'test' });
      }
      await pause(200);
    }
    return { agent, outcome: await stage.gateway.result(agent) };
  }

  /** Same money as without any kill, and each step recorded once. */
  async function assertUnharmed(agent: string): Promise<void> {
    const expected = await expectedPayments(stage.workspace);
    assert.deepEqual(paidIn(stage.ledgerFile), expected.paid);
    const steps = await stepsOf(stage.client, agent);
    assert.ok(steps.length > 30, 'the history was read');
    // A model call may be asked for again when all its attempts died; a tool call never is.
    const repeated = steps.filter(
      ({ step, scheduled, completed }) =>
        completed !== 1 || (step.startsWith('runTool') && scheduled !== completed),
    );
    assert.deepEqual(repeated, []);
  }

  it('ends with the same ledger when the worker dies around model replies, tool calls and approvals', async () => {
    // Some milliseconds after a reply the worker records it, establishes facts, claims a tool call, pays, reports.
    const delays = new Map([
      [11, 15],
      [13, 60],
      [17, 150],
      [20, 5],
    ]);
    const killed = { thinking: false, waiting: false };
    around = {
      before: async (call) => {
        if (call < 9 || killed.thinking) return;
        killed.thinking = true;
        kill();
        await pause(100);
      },
      after: (call) => {
        const delayMs = delays.get(call);
        if (delayMs !== undefined) setTimeout(kill, delayMs);
      },
    };
    const { agent, outcome } = await runToTheEnd(async (approvals) => {
      if (approvals === 0 || killed.waiting) return;
      killed.waiting = true;
      kill();
      await stage.worker.exited;
      await stage.startWorker();
    });
    assert.equal(outcome.status, 'completed');
    assert.deepEqual(killed, { thinking: true, waiting: true });
    assert.ok(kills >= 6, `only ${kills} kills`);
    await assertUnharmed(agent);
  }).timeout(480_000);

  it('ends with the same ledger when worker and server die again and again', async () => {
    let next = performance.now() + 500;
    let serverKills = 0;
    const { agent, outcome } = await runToTheEnd(async () => {
      if (performance.now() < next || kills >= 4) return;
      kill();
      await stage.worker.exited;
      if (kills === 2) {
        await stage.restartServer();
        serverKills += 1;
      }
      await stage.startWorker();
      next = performance.now() + 1_000;
    });
    assert.equal(outcome.status, 'completed');
    assert.ok(kills >= 2 && serverKills >= 1, `${kills} kills of the worker, ${serverKills} of the server`);
    await assertUnharmed(agent);
  }).timeout(480_000);
});
