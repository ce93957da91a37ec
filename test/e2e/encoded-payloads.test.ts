import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import type { StatusDocument } from '../../src/contracts/status.ts';
import type { Admin } from '../support/admin.ts';
import { makeToken, startApi } from '../support/api.ts';
import { PerdureCli } from '../support/cli.ts';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';
import { TemporalCli } from '../support/temporal-cli.ts';

const keys = { PERDURE_PAYLOAD_KEYS: `k:${randomBytes(32).toString('base64')}` };
const said = 'the goal that nobody reads';
const { History } = proto.temporal.api.history.v1;

/** The payloads of a history as Temporal's command line prints it. */
function dataIn(json: string): string {
  return [...json.matchAll(/"data": "([^"]+)"/g)]
    .map(([, text = '']) => Buffer.from(text, 'base64'))
    .join('\n');
}

describe('agents whose payloads are encrypted', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;
  let admin: Admin;

  before(async () => {
    const script = [calls(['write_file', { path: 'a.txt', content: said }]), finish(said)];
    models = await switchOfModels({ quiet: { script } });
    const clerk = 'model: quiet\ntools: { write_file: approve, finish: auto }\n---\nWork.';
    stage = await Stage.create({ modelUrl: models.url, definitions: { clerk }, env: keys });
    cli = await PerdureCli.create({
      ...{ ...stage.environment, ...keys },
      ...{ PERDURE_DATA_DIR: stage.dataDir, PERDURE_AGENTS_DIR: stage.agentsDir },
    });
    admin = await startApi(stage, keys);
  });
  after(async () => {
    await admin.child.stop();
    await cli.dispose();
    await stage.dispose();
    await models.close();
  });

  it('work as others do, and their histories say nothing', async () => {
    assert.equal((await cli.run(['start', 'clerk', said, '--id', 'quiet'])).code, 0);
    let id: string | undefined;
    await until('it asks', async () => {
      id = ((await cli.json(['show', 'quiet'])) as StatusDocument).approvals[0]?.id;
      return id !== undefined;
    });
    assert.equal((await cli.run(['approve', 'quiet', id ?? ''])).code, 0);
    const watched = await cli.run(['watch', 'quiet']);
    assert.deepEqual([watched.code, watched.stderr], [0, '']);
    assert.match(watched.stdout, /completed\n {2}the goal that nobody reads\n$/);
    const explained = await cli.run(['explain', 'quiet', '1.1']);
    assert.match(explained.stdout, /content="the goal that nobody reads"/);
    assert.match((await cli.run(['replay', 'quiet'])).stdout, /is compatible/);
    // Read as anybody would who has no key.
    const { events } = await stage.client.workflow.getHandle('quiet').fetchHistory();
    const bytes = Buffer.from(History.encode(History.create({ events: events ?? [] })).finish());
    assert.ok(bytes.length > 5_000 && !bytes.includes('nobody reads'));
  });

  it('begin by schedules that definitions have, for as long as these have them', async () => {
    const write = (fields: string): Promise<void> =>
      writeFile(
        join(stage.agentsDir, 'nightly.md'),
        `---\nname: nightly\nmodel: quiet\ntools: { finish: auto }\n${fields}---\nSleep.\n`,
      );
    const apply = async (...more: string[]): Promise<unknown> => cli.json(['schedule', 'apply', ...more]);
    const told = { schedule: 'perdure.nightly', definition: 'nightly' };
    await write('schedule: { cron: "0 3 * * *", input: Sum up. }\n');
    assert.deepEqual(await apply(), [{ ...told, change: 'created' }]);
    assert.deepEqual(await apply(), [{ ...told, change: 'unchanged' }]);
    await write('schedule: { cron: "0 4 * * *", input: Sum up. }\n');
    assert.deepEqual(await apply(), [{ ...told, change: 'updated' }]);
    await write('');
    await until('the list has it', async () =>
      JSON.stringify(await cli.json(['schedule', 'list'])).includes('nightly'),
    );
    assert.deepEqual(await apply('--yes'), [{ schedule: 'perdure.nightly', change: 'removed' }]);
  });

  it("are read in Temporal's own tools through the admin server's codec", async () => {
    const temporal = await TemporalCli.at(stage);
    const show = ['workflow', 'show', '--workflow-id', 'quiet', '--output', 'json'];
    assert.doesNotMatch(dataIn((await temporal.run(...show)).stdout), /nobody reads/);
    const secret = makeToken(stage.dataDir, 'reader', 'viewer');
    const through = ['--codec-endpoint', `${admin.url}/codec`, '--codec-auth', `Bearer ${secret}`];
    const { stdout, stderr, code } = await temporal.run(...show, ...through);
    assert.equal(code, 0, stderr);
    assert.match(dataIn(stdout), /the goal that nobody reads/);
    const query = ['workflow', 'query', '--workflow-id', 'quiet', '--name', 'status', ...through];
    const queried = await temporal.run(...query);
    assert.match(queried.stdout, /nobody reads/, queried.stderr);
  });
});
