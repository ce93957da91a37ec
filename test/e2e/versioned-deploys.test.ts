import assert from 'node:assert/strict';
import type { DeploymentStatus } from '../../src/client/deploy/status.ts';
import type { Child } from '../../temporal/child-process.ts';
import type { Build } from '../support/builds.ts';
import { buildCompatible } from '../support/changed-builds.ts';
import { PerdureCli } from '../support/cli.ts';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

const definitions = {
  clerk: `model: unused\ntools: { write_file: approve, finish: auto }\n---\nDo as you are told.`,
};
const agents = ['follower', 'returner', 'stayer'];

/** Worker Deployments on a real server, with two builds as processes beside each other. */
describe('versioned workers', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;
  let next: Build;

  before(async () => {
    const script = (agent: string) => [calls(['write_file', { path: agent, content: agent }]), finish()];
    models = await switchOfModels(Object.fromEntries(agents.map((name) => [name, { script: script(name) }])));
    next = await buildCompatible();
    stage = await Stage.create({ modelUrl: models.url, definitions });
    await stage.worker.stop();
    cli = await PerdureCli.create(stage.environment);
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    await models.close();
    await next.dispose();
  });

  function worker(
    build: string,
    more: { entry?: string; env?: Record<string, string> } = {},
  ): Promise<Child> {
    const env = { PERDURE_DEPLOYMENT: 'perdure', PERDURE_BUILD_ID: build, ...more.env };
    return stage.startWorker({ ...more, env });
  }
  const start = (id: string) => stage.gateway.start({ agent: 'clerk', input: 'Go.', model: id }, { id });
  async function waiting(id: string): Promise<string> {
    const { approvals } = await stage.untilStatus(id, ({ status }) => status === 'waiting');
    return approvals[0]!.id;
  }
  const approve = (id: string, approval: string) =>
    stage.gateway.send(id, 'decide', { approval, decision: 'approve', by: 'ann' });
  const buildOf = async (id: string): Promise<string | null | undefined> => {
    const { raw } = await stage.client.workflow.getHandle(id).describe();
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
  };
  /** The index of agents is a moment behind. */
  const untilHeld = (build: string, ids: string[]): Promise<void> =>
    until(`${build} is held by ${ids.join(', ')}`, async () => {
      const { builds } = await stage.gateway.deployment();
      const held = builds.find((one) => one.build === build)?.agents.ids ?? [];
      return ids.every((id) => held.includes(id));
    });
  async function setCurrent(build: string): Promise<void> {
    const { code, stderr } = await cli.run(['deploy', 'set-current', build, '--yes']);
    assert.equal(code, 0, stderr);
    // The server tells of a change of routes, and follows it, a moment after it has accepted it.
    await until(`${build} is current`, async () => (await stage.gateway.deployment()).current === build);
  }

  it('get no work before their build is the current one, and that is said', async () => {
    await worker('one');
    await start('follower');
    await until('it is known that nobody takes it', async () => {
      const trouble = await stage.gateway.trouble('follower');
      return trouble?.kind === 'no_worker' && trouble.summary.includes('perdure:one');
    });
    const { stdout } = await cli.run(['deploy', 'status']);
    assert.match(stdout, /no current build/);
    const nameless = await cli.run(['deploy', 'set-current', '--yes']);
    const unsure = await cli.run(['deploy', 'set-current', 'one']);
    assert.deepEqual([nameless.code, unsure.code], [2, 2]);
    await setCurrent('one');
    await waiting('follower');
    assert.equal(await buildOf('follower'), 'one');
    assert.equal(await stage.gateway.trouble('follower'), undefined);
  });

  it('of another build are refused while none of them is there', async () => {
    const { code, stderr } = await cli.run(['deploy', 'set-current', 'two', '--yes']);
    assert.equal(code, 4);
    assert.match(stderr, /No worker of version perdure:two polls perdure/);
  });

  it('hand agents that wait for approval over to the next build, and back', async () => {
    await worker('two', { entry: next.workerEntry, env: { PERDURE_HOLD_CHANGES: 'all' } });
    await untilHeld('one', ['follower']);
    await setCurrent('two');
    await approve('follower', await waiting('follower'));
    assert.equal((await stage.gateway.result('follower')).status, 'completed');
    assert.equal(await buildOf('follower'), 'two');
    await start('returner');
    const approval = await waiting('returner');
    assert.equal(await buildOf('returner'), 'two');
    await setCurrent('one');
    await approve('returner', approval);
    assert.equal((await stage.gateway.result('returner')).status, 'completed');
    assert.equal(await buildOf('returner'), 'one');
  });

  it('keep pinned agents, which are stranded without them', async () => {
    const keeper = await worker('kept', { env: { PERDURE_VERSIONING: 'pinned' } });
    await setCurrent('kept');
    await start('stayer');
    const approval = await waiting('stayer');
    await setCurrent('one');
    await untilHeld('kept', ['stayer']);
    const { builds } = (await cli.json(['deploy', 'status'])) as DeploymentStatus;
    const kept = builds.find(({ build }) => build === 'kept');
    assert.deepEqual([kept?.pinned, kept?.stranded], [1, undefined]);
    assert.match(kept?.warning ?? '', /strands 1 agent/);
    await keeper.stop();
    // The server counts a worker as there for a while after it was last heard of.
    await until('it is stranded', async () => {
      const status = await stage.gateway.deployment();
      return status.builds.some((one) => one.build === 'kept' && one.stranded !== undefined);
    });
    const { code, stdout } = await cli.run(['deploy', 'status']);
    assert.equal(code, 1);
    assert.match(stdout, /stranded +kept: 1 agent pinned to this build, and it has no worker/);
    const refused = await cli.run(['deploy', 'set-current', 'two', '--yes']);
    assert.equal(refused.code, 4, refused.stderr);
    const why = await cli.run(['why', 'stayer']);
    assert.match(why.stdout, /^stayer can't move; it was waiting/);
    assert.match(why.stdout, /no worker of version perdure:kept polls the task queue perdure, only perdure:/);
    await worker('kept', { env: { PERDURE_VERSIONING: 'pinned' } });
    await approve('stayer', approval);
    assert.equal((await stage.gateway.result('stayer')).status, 'completed');
    assert.equal(await buildOf('stayer'), 'kept');
  }).timeout(480_000);

  it('can take a part of the agents only', async () => {
    const { code, stderr } = await cli.run(['deploy', 'ramp', 'two', '--percent', '10', '--yes']);
    assert.equal(code, 0, stderr);
    await until('it is told', async () => (await stage.gateway.deployment()).ramping !== undefined);
    const { ramping } = await stage.gateway.deployment();
    assert.deepEqual(ramping, { build: 'two', percentage: 10 });
  });
});
