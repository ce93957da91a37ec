import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

const definitions = {
  desk: 'model: desk\ntools: { finish: auto }\n---\nWork.',
  archivist: 'model: archivist\ntools: { finish: auto }\nafter: { desk: { input: File it. } }\n---\nFile.',
  starter: 'model: starter\ntools: { start_agent: auto, finish: auto }\n---\nStart.',
  loner: 'model: loner\ntools: { finish: auto }\n---\nBe.',
  crew: 'model: crew\ntools: { delegate: auto, finish: auto }\ncrew: { members: [reader, critic] }\n---\nSum up.',
  reader: 'model: reader\ntools: { finish: auto }\n---\nRead.',
  critic: 'model: critic\ntools: { finish: auto }\n---\nJudge.',
};
const start = calls(['start_agent', { agent: 'loner', input: 'Be.', id: 'loner-1' }]);

describe('agents that begin because of others', () => {
  let models: ModelSwitch;
  let stage: Stage;
  before(async () => {
    models = await switchOfModels({
      desk: { script: [finish({ paid: 7 })] },
      archivist: { script: [finish('filed')] },
      starter: { script: [start, finish(), start, finish()] },
      loner: { script: [finish('was')] },
      crew: { script: [finish('summed up')] },
      reader: { script: [finish('seven')] },
      critic: { script: [finish('too few')] },
    });
    stage = await Stage.create({ modelUrl: models.url, definitions });
  });
  after(async () => {
    await stage.dispose();
    await models.close();
  });

  it('begin with the result of the one that they come after, though nobody of it is left', async () => {
    await stage.gateway.start({ agent: 'desk', input: 'Go.' }, { id: 'desk-1' });
    await stage.gateway.result('desk-1');
    const found: string[] = [];
    await until('the archivist is there', async () => {
      for await (const { workflowId } of stage.client.workflow.list())
        if (workflowId.startsWith('archivist.after.desk-1-')) found.push(workflowId);
      return found.length > 0;
    });
    const archivist = found[0] ?? '';
    assert.equal((await stage.gateway.result(archivist)).status, 'completed');
    const { input, requester, parent } = await stage.gateway.status(archivist);
    assert.match(input, /^File it\.\n\nThe agent desk-1 \(desk\) has completed\. .*\{"paid":7\}$/s);
    assert.deepEqual([requester, parent], ['desk-1', undefined]);
  });

  it('are started once for a call, and an id is not used again', async () => {
    await stage.gateway.start({ agent: 'starter', input: 'Go.' }, { id: 'starter-1' });
    await stage.gateway.result('starter-1');
    assert.equal((await stage.gateway.result('loner-1')).status, 'completed');
    assert.equal((await stage.gateway.status('loner-1')).requester, 'starter-1');
    await stage.gateway.start({ agent: 'starter', input: 'Again.' }, { id: 'starter-2' });
    await stage.gateway.result('starter-2');
    const { entries } = await stage.gateway.transcript('starter-2');
    assert.match(JSON.stringify(entries), /loner-1 is there already.*Conflict/);
  });

  it('work as a crew, whose own model is asked when they have ended', async () => {
    await stage.gateway.start({ agent: 'crew', input: 'How many?' }, { id: 'crew-1' });
    assert.deepEqual(await stage.gateway.result('crew-1'), { status: 'completed', result: 'summed up' });
    const { entries } = await stage.gateway.transcript('crew-1');
    assert.match(JSON.stringify(entries), /seven.*too few/);
  });

  it('do not begin where definitions would start each other for ever', async () => {
    const round = (name: string, after: string): Promise<void> =>
      writeFile(
        join(stage.agentsDir, `${name}.md`),
        `---\nname: ${name}\nmodel: m\nafter: [${after}]\n---\nGo.\n`,
      );
    await Promise.all([round('ping', 'pong'), round('pong', 'ping')]);
    await stage.gateway.start({ agent: 'ping', input: 'Go.' }, { id: 'ping-1' });
    const { interruptions } = await stage.untilStatus('ping-1', ({ status }) => status === 'waiting');
    assert.match(interruptions[0]?.summary ?? '', /would start each other for ever/);
  });
});
