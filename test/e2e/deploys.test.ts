import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ReplayVerdict } from '../../src/contracts/replay.ts';
import { GatewayError } from '../../src/client/gateway-error.ts';
import type { Trouble } from '../../src/client/trouble.ts';
import { searchAttributesToAdd } from '../../src/worker/search-attributes.ts';
import type { Build } from '../support/builds.ts';
import {
  buildCompatible,
  buildIncompatible,
  changeName,
  farewell,
  greeting,
} from '../support/changed-builds.ts';
import { PerdureCli } from '../support/cli.ts';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

const definitions = {
  clerk: `model: unused\ntools: { write_file: approve, note: auto, finish: auto }\n---\nDo as you are told.`,
};
const agents = ['upgraded', 'rolled-back', 'kept-back', 'broken', 'unsearchable'];

describe('a new build of the worker, and the one before it again', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;
  let next: Build;
  let mistake: Build;

  before(async () => {
    const script = (agent: string) => [
      calls(['write_file', { path: `${agent}.txt`, content: agent }]),
      calls(['note', { text: 'written' }]),
      finish('done'),
    ];
    models = await switchOfModels(Object.fromEntries(agents.map((name) => [name, { script: script(name) }])));
    [next, mistake] = [await buildCompatible(), await buildIncompatible()];
    stage = await Stage.create({ modelUrl: models.url, definitions });
    cli = await PerdureCli.create(stage.environment);
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    await models.close();
    await next.dispose();
    await mistake.dispose();
  });

  /** The one worker there is becomes one of another build. */
  async function deploy(build?: Build, env: Record<string, string> = {}): Promise<void> {
    await stage.worker.stop();
    await stage.startWorker({ ...(build ? { entry: build.workerEntry } : {}), env });
  }

  /** An agent that waits for leave to write its file. */
  async function start(id: string): Promise<string> {
    await stage.gateway.start({ agent: 'clerk', input: 'Go.', model: id }, { id });
    const { approvals } = await stage.untilStatus(id, ({ status }) => status === 'waiting');
    return approvals[0]!.id;
  }

  async function assertDone(id: string, memo: object): Promise<void> {
    assert.deepEqual(await stage.gateway.result(id), { status: 'completed', result: 'done' });
    assert.ok(existsSync(join(stage.workspace, `${id}.txt`)));
    assert.deepEqual([models.left(id), models.complaints(id)], [0, []]);
    const described = await stage.client.workflow.getHandle(id).describe();
    assert.deepEqual(described.memo ?? {}, memo);
  }

  const handle = (id: string) => stage.client.workflow.getHandle(id);
  const approve = (id: string, approval: string) =>
    stage.gateway.send(id, 'decide', { approval, decision: 'approve', by: 'ann' });

  it('takes over an agent that waits for approval', async () => {
    const approval = await start('upgraded');
    await deploy(next);
    await approve('upgraded', approval);
    // It began without a greeting, and can't have had one since.
    await assertDone('upgraded', { [farewell]: 'said' });
  });

  it('gives an agent back that waits for approval, if it has held its changes', async () => {
    await deploy(next, { PERDURE_HOLD_CHANGES: `another, ${changeName}` });
    const approval = await start('rolled-back');
    await deploy();
    await approve('rolled-back', approval);
    await assertDone('rolled-back', {});
  });

  it('leaves one behind that has made a change: it says so, and goes on where the change is known', async () => {
    await deploy(next);
    const approval = await start('kept-back');
    await deploy();
    // Nobody has asked it to do anything yet, but looking at it tells.
    const looked = await cli.run(['why', 'kept-back']);
    assert.equal(looked.code, 0);
    assert.match(looked.stdout, /^kept-back is waiting/);
    assert.match(
      looked.stderr,
      /build does not fit the agent's history: \[TMPRL1100\].*polite.* read from the history/,
    );
    await handle('kept-back').signal('message', { text: 'Are you there?', by: 'ann' });
    await until('it fails', async () => (await stage.gateway.trouble('kept-back'))?.kind === 'task_failing');
    const refused = await cli.run(['approve', 'kept-back', approval]);
    assert.equal(refused.code, 5);
    assert.match(refused.stderr, /perdure why kept-back/);
    await deploy(next);
    await until('it goes on', async () => (await stage.gateway.trouble('kept-back')) === undefined);
    await approve('kept-back', approval).catch((error: unknown) => {
      // What got no answer above may have been carried out since, and the agent have ended.
      if (!(error instanceof GatewayError && error.type === 'Closed')) throw error;
    });
    await assertDone('kept-back', { [greeting]: 'said', [farewell]: 'said' });
  });

  it('is a mistake: agents say what is wrong and what to do, wait, and go on with the one before', async () => {
    await deploy();
    const approval = await start('broken');
    // The new build's own command line, before any of its workers is started.
    const newCli = join(dirname(mistake.workerEntry), '../client/cli/main.js');
    const before = await cli.line(`'${process.execPath}' '${newCli}' replay --all-open`);
    assert.equal(before.code, 1, before.stderr);
    assert.match(before.stdout, /^1 of 1 open agents would break with this build:\nbroken is not compatible/);
    assert.match(before.stdout, /history +sets search attributes\n +code +changes its memo/);
    assert.match(before.stderr, /^Replaying 1 open agents/);
    assert.equal((await cli.run(['replay', '--all-open'])).code, 0);
    const own = (await cli.json(['replay', 'broken'])) as ReplayVerdict;
    assert.ok(own.compatible && own.agent === 'broken');
    await deploy(mistake);
    await handle('broken').signal('decide', { approval, decision: 'approve', by: 'ann' });
    await until('the server has marked it', async () => {
      const [agent] = await stage.gateway.list({ query: 'TemporalReportedProblems IS NOT NULL' });
      return agent?.agent === 'broken';
    });
    const why = await cli.run(['why', 'broken']);
    assert.match(why.stdout, /^broken can't move; it was waiting/);
    assert.match(why.stdout, /takes other steps than this agent's history has: \[TMPRL1100\] Nondeterminism/);
    assert.match(why.stdout, /task_failing, NonDeterministicError, for \d+ s \(tried \d+ times\)/);
    assert.match(why.stdout, /to do: Stop that worker and start one of the build before it/);
    const shown = (await cli.json(['show', 'broken'])) as { trouble?: Trouble };
    assert.equal(shown.trouble?.kind, 'task_failing');
    assert.match((await cli.run(['list'])).stdout, /broken +waiting, can't move: perdure why/);
    await deploy();
    await assertDone('broken', {});
    await until('it is not marked any more', async () => {
      return (await stage.gateway.list({ query: 'TemporalReportedProblems IS NOT NULL' })).length === 0;
    });
    // The decision that came meanwhile counted once.
    const { transitions } = await stage.gateway.transitions('broken');
    assert.equal(transitions.filter(({ cause }) => cause.startsWith('approve')).length, 1);
  }).timeout(480_000);

  it('is not needed to find out what else fails: a search attribute that is gone', async () => {
    const approval = await start('unsearchable');
    const { operatorService } = stage.connection;
    await operatorService.removeSearchAttributes({
      namespace: stage.namespace,
      searchAttributes: ['AgentPendingApprovals'],
    });
    await handle('unsearchable').signal('decide', { approval, decision: 'approve', by: 'ann' });
    await until(
      'it fails',
      async () => (await stage.gateway.trouble('unsearchable'))?.attempts !== undefined,
    );
    const why = await cli.run(['why', 'unsearchable']);
    assert.match(why.stdout, /the namespace lacks a search attribute of agents: .*AgentPendingApprovals/);
    assert.match(why.stdout, /to do: Add it: `perdure doctor` prints the line/);
    await operatorService.addSearchAttributes({
      namespace: stage.namespace,
      searchAttributes: searchAttributesToAdd(['AgentPendingApprovals']),
    });
    await assertDone('unsearchable', {});
  }).timeout(480_000);
});
