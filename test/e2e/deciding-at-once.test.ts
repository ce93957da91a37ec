import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Admin, startAdmin } from '../support/admin.ts';
import { Caller, makeToken, startApi } from '../support/api.ts';
import { journalIn } from '../support/journal.ts';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage } from '../support/stage.ts';

/** Temporal takes ten updates of an agent at a time, and three race for each approval. */
const agents = ['racer-1', 'racer-2', 'racer-3', 'racer-4'];
const approvals = 8;

const racer = 'model: unused\ntools: { probe_once: approve, finish: auto }\n---\nProbe.';

describe('people who decide at the same moment, on two servers and past both', () => {
  let folder: string;
  let models: ModelSwitch;
  let stage: Stage;
  let servers: [Admin, Admin];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-races-'));
    const probes = Array.from({ length: approvals }, (_, index): [string, Record<string, unknown>] => [
      'probe_once',
      { how: 'works', what: String(index) },
    ]);
    const scripts = agents.map((name) => [name, { script: [calls(...probes), finish()] }] as const);
    models = await switchOfModels(Object.fromEntries(scripts));
    stage = await Stage.create({
      ...{ modelUrl: models.url, definitions: { racer }, env: { PROBE_FOLDER: folder } },
      toolsDir: join(import.meta.dirname, '../support/probe-tools'),
    });
    const settings = {
      ...stage.environment,
      PERDURE_AGENTS_DIR: stage.agentsDir,
      PERDURE_DATA_DIR: stage.dataDir,
    };
    servers = [await startApi(stage), await startAdmin(settings, join(stage.folder, 'other.log'))];
  });
  after(async () => {
    for (const { child } of servers) await child.stop();
    await stage.dispose();
    await models.close();
    rmSync(folder, { recursive: true });
  });

  async function race(id: string, ann: Caller, bob: Caller): Promise<void> {
    await stage.gateway.start({ agent: 'racer', input: 'Go.', model: id }, { id });
    const asked = await stage.untilStatus(id, (now) => now.approvals.length === approvals);
    const raw = stage.client.workflow.getHandle(id);
    const winners = new Map<string, string>();
    for (const [index, { id: approval }] of asked.approvals.entries()) {
      const path = `/agents/${id}/approvals/${approval}/decision`;
      const decision = index % 2 === 0 ? 'reject' : 'approve';
      const racing = [
        ann.post(path, { decision: 'approve' }),
        bob.post(path, { decision: 'reject', message: 'no' }),
        // The last decision of an agent lets it go on and end, and what has ended takes no signals.
        index < approvals - 1 ? raw.signal('decide', { approval, decision, by: 'raw' }) : Promise.resolve(),
      ] as const;
      // Each of them is the first to be sent now and then.
      const [byAnn, byBob] = await Promise.all(racing);
      for (const [name, { status, text }] of [
        ['ann', byAnn],
        ['bob', byBob],
      ] as const) {
        assert.ok(status === 200 || status === 409, text);
        if (status !== 200) continue;
        assert.equal(winners.get(approval), undefined, 'one of them has decided');
        winners.set(approval, name);
      }
    }
    assert.equal((await stage.gateway.result(id)).status, 'completed');
    const { approvals: closed, firstRunId } = await stage.gateway.stateAt(id, 1);
    assert.equal(closed.length, approvals);
    const acted = journalIn(folder).filter(
      ({ key, what }) => what === 'acts' && key.startsWith(`${firstRunId}/`),
    );
    for (const { id: approval, index, decisions } of closed) {
      const [made, ...more] = decisions;
      assert.deepEqual([made?.by, more], [winners.get(approval) ?? 'raw', []]);
      const times = acted.filter(({ key }) => key.startsWith(`${firstRunId}/1/${index}/`)).length;
      assert.equal(times, made?.decision === 'approve' ? 1 : 0, `${id} ${approval} ${made?.decision ?? ''}`);
    }
  }

  it('decide each thing once: the others are told who did, and it runs once or never', async () => {
    const [one, other] = servers;
    const ann = new Caller(one, makeToken(stage.dataDir, 'ann', 'approver'));
    const bob = new Caller(other, makeToken(stage.dataDir, 'bob', 'approver'));
    await Promise.all(agents.map((id) => race(id, ann, bob)));
  });
});
