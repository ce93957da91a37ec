import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Admin, startAdmin } from '../support/admin.ts';
import { type ModelSwitch, switchOfModels } from '../support/models.ts';
import { sentTo } from '../support/sent-to.ts';
import { Stage, until } from '../support/stage.ts';
import { sendWebhook } from '../support/webhook-sender.ts';

const secret = `whsec_${Buffer.from('a secret of these hooks').toString('base64')}`;
const burst = 50;

const desk = (hook: string, agent: string): string => `model: desk
lifetime: persistent
hooks: { ${hook}: { event: order-placed, agent: ${agent}, secret: $ORDERS_SECRET } }
---
Look after orders.`;

describe('webhooks while things break', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let admin: Admin;

  before(async () => {
    models = await switchOfModels({
      desk: { script: Array.from({ length: 500 }, () => ({ text: 'Noted.' })) },
    });
    const definitions = { many: desk('many', 'many-main'), lost: desk('lost', 'lost-main') };
    stage = await Stage.create({ modelUrl: models.url, definitions });
    const env = { ...stage.environment, PERDURE_AGENTS_DIR: stage.agentsDir, ORDERS_SECRET: secret };
    admin = await startAdmin(env, join(stage.folder, 'admin.log'));
  });
  after(async () => {
    await admin.child.stop();
    await stage.dispose();
    await models.close();
  });

  const send = async (hook: string, id: string): Promise<number> =>
    (await sendWebhook(admin, hook, secret, { id })).status;
  const idsAt = async (agent: string): Promise<string[]> =>
    (await sentTo(stage, agent, 'event')).map(({ id }) => String(id)).toSorted();
  const runsOf = async (agent: string): Promise<number> =>
    (await stage.client.workflow.count(`WorkflowId = '${agent}'`)).count;

  it('all arrive once when the worker is killed among them, and start their agent once', async () => {
    const ids = Array.from({ length: burst }, (_, index) => `msg_${index}`);
    const sent = Promise.all(ids.map((id) => send('many', id)));
    await until('the first has arrived', async () => {
      return (await runsOf('many-main')) > 0 && (await idsAt('many-main')).length > 0;
    });
    await stage.killWorker();
    assert.deepEqual(new Set(await sent), new Set([202]));
    await stage.startWorker();
    const all = ids.map((id) => `many/${id}`).toSorted();
    await until('all have arrived', async () => (await idsAt('many-main')).length >= burst);
    assert.deepEqual(await idsAt('many-main'), all);
    assert.equal(await runsOf('many-main'), 1);
    const open = `WorkflowType = 'messageAgent' AND ExecutionStatus != 'Completed'`;
    await until('nothing is left over', async () => (await stage.client.workflow.count(open)).count === 0);
    assert.deepEqual(await idsAt('many-main'), all);
  });

  it('are tried again when somebody has ended their delivery', async () => {
    await stage.killWorker();
    assert.equal(await send('lost', 'msg_1'), 202);
    await stage.client.workflow.getHandle('hook.lost/msg_1').terminate('by mistake');
    assert.equal(await send('lost', 'msg_1'), 202);
    assert.equal(await send('lost', 'msg_1'), 200);
    await stage.startWorker();
    await until('the agent is there', async () => (await runsOf('lost-main')) === 1);
    await until('it has it', async () => (await idsAt('lost-main')).length === 1);
  });

  it('arrive at a hook that a definition has only just got', async () => {
    assert.equal(await send('late', 'msg_1'), 404);
    await writeFile(join(stage.agentsDir, 'late.md'), `---\nname: late\n${desk('late', 'late-main')}\n`);
    await until('the hook is known', async () => (await send('late', 'msg_1')) === 202);
    await until('the agent is there', async () => (await runsOf('late-main')) === 1);
  });

  it('are not taken for a hook that two definitions have', async () => {
    await writeFile(join(stage.agentsDir, 'twin.md'), `---\nname: twin\n${desk('late', 'twin-main')}\n`);
    await until('it is noticed', async () => (await send('late', 'msg_2')) === 503);
    assert.match(admin.log(), /hook late takes nothing: late and twin have it/);
  });
});
