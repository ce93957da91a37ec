import assert from 'node:assert/strict';
import type { StatusDocument } from '../../src/contracts/status.ts';
import type { Timeline } from '../../src/contracts/timeline.ts';
import type { Admin } from '../support/admin.ts';
import { Caller, makeToken, startApi } from '../support/api.ts';
import { startsOnce } from '../support/http/counted-once.ts';
import { type Approvals, definition, guarded, type Problem, scripts } from '../support/http-desk.ts';
import { type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

describe('the HTTP API with agents at work', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let admin: Admin;
  let ann: Caller;
  let bob: Caller;
  let oz: Caller;

  before(async () => {
    const described = Object.entries(scripts).map(([name, script]) => [name, { script }] as const);
    models = await switchOfModels(Object.fromEntries(described));
    stage = await Stage.create({ modelUrl: models.url, definitions: { clerk: definition, guarded } });
    admin = await startApi(stage);
    ann = new Caller(admin, makeToken(stage.dataDir, 'ann', 'approver'));
    bob = new Caller(admin, makeToken(stage.dataDir, 'bob', 'approver'));
    oz = new Caller(admin, makeToken(stage.dataDir, 'oz', 'admin'));
  });
  after(async () => {
    await admin.child.stop();
    await stage.dispose();
    await models.close();
  });

  async function start(id: string, agent = 'clerk'): Promise<void> {
    const { status, body } = await oz.post('/agents', { agent, input: 'Go.', id, model: id });
    assert.deepEqual([status, body['agent'], body['repeated']], [201, id, false]);
  }

  async function untilStatus(id: string, wanted: string): Promise<StatusDocument> {
    let last: StatusDocument | undefined;
    await until(
      `${id} is ${wanted}`,
      async () => {
        const { status, body } = await ann.get<StatusDocument>(`/agents/${id}`);
        if (status === 200) last = body;
        return last?.status === wanted;
      },
      () => JSON.stringify(last),
    );
    return last!;
  }

  /** Index and agent are not always in step, so it is looked for until it is there. */
  async function openApprovals(id: string): Promise<Approvals['approvals']> {
    let found: Approvals['approvals'] = [];
    await until(`${id} asks`, async () => {
      const { status, body } = await ann.get<Approvals>('/approvals');
      assert.equal(status, 200);
      found = body.approvals.filter(({ agent }) => agent === id);
      return found.length > 0;
    });
    return found;
  }

  it('starts an agent, finds what it asks, decides and reads what came of it', async () => {
    await start('desk');
    const [asked] = await openApprovals('desk');
    const { id, revision } = asked!.approval;
    const stale = await ann.post<Problem>(
      `/agents/desk/approvals/${id}/decision`,
      { decision: 'reject' },
      { 'if-match': `"${revision + 1}"` },
    );
    assert.deepEqual([stale.status, stale.body.current?.approvals[0]?.id], [409, id]);
    const numbers = await admin.ask('GET', '/metrics', {
      headers: { authorization: `Bearer ${makeToken(stage.dataDir, 'prometheus', 'viewer')}` },
    });
    for (const line of [
      'perdure_agents{status="waiting"} 1',
      'perdure_agents{status="completed"} 0',
      'perdure_agents_waiting{kind="approval"} 1',
      'perdure_agents_waiting{kind="timer"} 0',
      'perdure_pending_approvals 1',
      'perdure_temporal_up 1',
    ])
      assert.ok(numbers.text.split('\n').includes(line), `${line} in ${numbers.text}`);
    const decided = await ann.post<StatusDocument>(`/agents/desk/approvals/${id}/decision`, {
      decision: 'approve',
      revision,
    });
    assert.equal(decided.status, 200, decided.text);
    const ended = await untilStatus('desk', 'completed');
    assert.deepEqual([ended.result, ended.requester], [{ paid: 1 }, 'oz']);
    assert.equal(models.left('desk'), 0);

    const listed = await ann.get<{ agents: { agent: string }[] }>('/agents?definition=clerk&limit=200');
    assert.ok(listed.body.agents.some(({ agent }) => agent === 'desk'));
    const transcript = await ann.get<{ entries: unknown[]; lastTurn: number }>('/agents/desk/transcript');
    assert.equal(transcript.body.lastTurn, 2);
    const first = await ann.get<{ entries: { turn: number }[]; nextFrom?: number }>(
      '/agents/desk/transcript?limit=1&from=1',
    );
    assert.deepEqual([first.body.entries.every(({ turn }) => turn === 1), first.body.nextFrom], [true, 2]);
    const { body: changes } = await ann.get<{ transitions: { actor: string }[] }>('/agents/desk/transitions');
    assert.ok(
      changes.transitions.some(({ actor }) => actor === 'ann'),
      JSON.stringify(changes),
    );
    const { body: timeline } = await ann.get<Timeline>('/agents/desk/timeline');
    const kinds = timeline.items.map(({ kind }) => kind);
    assert.equal(kinds.filter((kind) => kind === 'transition').length, changes.transitions.length);
    assert.deepEqual([kinds.filter((kind) => kind === 'turn').length, kinds.at(-1)], [2, 'end']);
    const found = await ann.get<Timeline>('/agents/desk/timeline?kind=call,model&search=finish&from=2');
    assert.deepEqual(
      found.body.items.map(({ kind }) => kind),
      ['call'],
    );
    assert.equal((await ann.get('/agents/desk/timeline?kind=calls')).status, 400);
    const checkpoint = await ann.get('/agents/desk/checkpoints/1');
    assert.deepEqual([checkpoint.status, checkpoint.body['checkpoint']], [200, 1]);
    const definitions = await ann.get<{ definitions: { name: string; file: string }[] }>('/definitions');
    assert.deepEqual(
      definitions.body.definitions.map(({ name, file }) => [name, file]),
      [
        ['clerk', 'clerk.md'],
        ['guarded', 'guarded.md'],
      ],
    );
  });

  it('lets two people who are signed in agree, and neither the requester nor who only says a name', async () => {
    await start('guarded', 'guarded');
    const [asked] = await openApprovals('guarded');
    const { id } = asked!.approval;
    const path = `/agents/guarded/approvals/${id}/decision`;
    const own = await oz.post<Problem>(path, { decision: 'approve' });
    assert.deepEqual([own.status, own.body.code], [403, 'Forbidden'], own.text);
    await assert.rejects(
      stage.gateway.send('guarded', 'decide', { approval: id, decision: 'approve', by: 'ann' }),
      /ann may not decide this: that may whoever is signed in with the role approver/,
    );
    const first = await ann.post<StatusDocument>(path, { decision: 'approve' });
    assert.deepEqual([first.status, first.body.status], [200, 'waiting'], first.text);
    assert.equal((await ann.post<Problem>(path, { decision: 'approve', message: 'again' })).status, 409);
    assert.equal((await bob.post(path, { decision: 'approve' })).status, 200);
    await untilStatus('guarded', 'completed');
    const { body } = await ann.get<{ transitions: { actor: string; signedInAs?: string }[] }>(
      '/agents/guarded/transitions',
    );
    const ofPeople = body.transitions.filter(({ actor }) => ['ann', 'bob', 'oz'].includes(actor));
    assert.deepEqual(ofPeople.map(({ actor, signedInAs }) => [actor, signedInAs]).slice(-1), [
      ['bob', 'approver'],
    ]);
  });

  it('vouches for who starts an agent, so that four eyes are two people more where nobody does', async () => {
    const proven = await ann.get<StatusDocument>('/agents/guarded');
    assert.equal(proven.body.requesterSignedInAs, 'admin', proven.text);
    await stage.gateway.start({ agent: 'guarded', model: 'named', requester: 'oz' }, { id: 'named' });
    const [asked] = await openApprovals('named');
    const { requesterUnproven, required } = asked!.approval;
    assert.deepEqual([requesterUnproven, required], [true, 2]);
    const path = `/agents/named/approvals/${asked!.approval.id}/decision`;
    for (const one of [oz, bob]) assert.equal((await one.post(path, { decision: 'approve' })).status, 200);
    assert.equal((await untilStatus('named', 'completed')).requesterSignedInAs, undefined);
    // Nor does anybody begin with a state of their own making.
    const forged = await stage.client.workflow.start('persistentAgent', {
      ...{ workflowId: 'forged', taskQueue: stage.access.taskQueue },
      args: [{ agent: 'guarded' }, { state: {} }],
    });
    await assert.rejects(forged.result(), { name: 'WorkflowFailedError' });
  });

  it('keeps others out of what somebody has claimed, and asks no more where leave was given', async () => {
    await start('granted');
    const [asked] = await openApprovals('granted');
    const path = `/agents/granted/approvals/${asked!.approval.id}`;
    const claimed = await ann.post<StatusDocument>(`${path}/claim`, {});
    assert.equal(claimed.body.approvals[0]?.claim?.by, 'ann', claimed.text);
    const refused = await bob.post<Problem>(`${path}/decision`, { decision: 'approve' });
    assert.deepEqual([refused.status, refused.body.code], [409, 'Conflict']);
    assert.match(refused.body.detail, /claimed by ann/);
    assert.equal((await ann.post(`${path}/release`, {})).status, 200);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const given = await bob.post<StatusDocument>('/agents/granted/grants', { tool: 'write_file', until });
    assert.equal(given.status, 200, given.text);
    const [grant] = given.body.grants ?? [];
    assert.deepEqual([grant?.by, grant?.signedInAs, grant?.used], ['bob', 'approver', 0]);
    assert.equal((await ann.post(`${path}/decision`, { decision: 'approve' })).status, 200);
    const ended = await untilStatus('granted', 'completed');
    assert.equal(ended.grants?.[0]?.used, 1);
    const late = await ann.post<Problem>(`/agents/granted/grants/${grant!.id}/revoke`, {});
    assert.deepEqual([late.status, late.body.code], [409, 'Closed']);
  });

  it('lets one of two approvers decide, and tells the other one who did', async () => {
    await start('raced');
    const [asked] = await openApprovals('raced');
    const path = `/agents/raced/approvals/${asked!.approval.id}/decision`;
    const answers = await Promise.all([
      ann.post(path, { decision: 'approve' }),
      bob.post(path, { decision: 'reject', message: 'no' }),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409]);
    const loser = answers.find(({ status }) => status === 409)!.body as unknown as Problem;
    const winner = answers[0].status === 200 ? 'ann' : 'bob';
    assert.match(loser.detail, new RegExp(`was decided by ${winner} at `));
    assert.deepEqual([loser.code, loser.current?.agent], ['Conflict', 'raced']);
    await oz.post('/agents/raced/stop');
  });

  it('counts once what comes with the same Idempotency-Key', async () => {
    await start('told');
    const before = await untilStatus('told', 'waiting');
    for (const _ of [1, 2]) {
      const said = await oz.post('/agents/told/messages', { text: 'hello' }, { 'idempotency-key': 'm1' });
      assert.equal(said.status, 200);
      const more = await oz.post('/agents/told/budget', { turns: 5 }, { 'idempotency-key': 'b1' });
      assert.equal(more.status, 200);
    }
    const others: [string, object, string][] = [
      ['messages', { text: 'good-bye' }, 'm1'],
      ['budget', { turns: 6 }, 'b1'],
    ];
    for (const [path, other, key] of others) {
      const refused = await oz.post<Problem>(`/agents/told/${path}`, other, { 'idempotency-key': key });
      assert.deepEqual([refused.status, refused.body.code], [422, 'KeyReused']);
    }
    const { body } = await ann.get<StatusDocument>('/agents/told');
    assert.deepEqual([body.queued.messages, body.budget.turns], [1, before.budget.turns + 5]);
    // Temporal takes ten updates of an agent at a time.
    const at = Array.from({ length: 100 }, (_, index) => ({ name: 'tick', id: `tick-${index % 50}` }));
    const answers = await Promise.all(at.map((event) => oz.post('/agents/told/events', event)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    assert.equal((await stage.gateway.status('told')).queued.events, 50);
    assert.equal((await oz.post('/agents/told/cancel', { reason: 'enough' })).status, 202);
    await untilStatus('told', 'cancelled');

    const begin = () =>
      oz.post('/agents', { agent: 'clerk', model: 'keyed' }, { 'idempotency-key': '"order 17"' });
    assert.equal((await begin()).status, 400, 'a key with a blank');
    const key = { 'idempotency-key': 'order-17' };
    const one = await oz.post('/agents', { agent: 'clerk', model: 'keyed' }, key);
    const other = await oz.post('/agents', { agent: 'clerk', model: 'keyed' }, key);
    assert.deepEqual([one.status, one.body['repeated'], other.body['repeated']], [201, false, true]);
    assert.equal(one.body['agent'], other.body['agent']);
    for (const body of [{ agent: 'clerk', model: 'keyed', input: 'else' }, { agent: 'other' }])
      assert.equal((await oz.post<Problem>('/agents', body, key)).body.code, 'KeyReused');
    await oz.post(`/agents/${String(one.body['agent'])}/stop`);

    const named = { agent: 'clerk', model: 'keyed', id: 'keyed-1' };
    const first = await oz.post('/agents', named, key);
    const again = await oz.post('/agents', named, key);
    assert.deepEqual([first.body['repeated'], again.body['repeated']], [false, true]);
    const stranger = await oz.post<Problem>('/agents', named, { 'idempotency-key': 'order-18' });
    assert.equal(stranger.body.code, 'Conflict');
    await oz.post('/agents/keyed-1/stop');
  });

  startsOnce(() => ({ stage, oz }));

  it('lets a token with a scope reach nothing else', async () => {
    const scoped = new Caller(admin, makeToken(stage.dataDir, 'sue', 'operator', ['scoped-']));
    const outside = { agent: 'clerk', model: 'scoped-1' };
    assert.equal((await scoped.post('/agents', outside)).status, 403);
    assert.equal((await scoped.post('/agents', { ...outside, id: 'xscoped-1' })).status, 403);
    assert.equal((await scoped.post('/agents', { ...outside, id: 'scoped-1' })).status, 201);
    for (const path of ['/agents/desk', '/agents/desk/transcript', '/agents/nobody'])
      assert.equal((await scoped.get(path)).status, 403, path);
    assert.equal((await scoped.post('/agents/told/stop')).status, 403);
    await openApprovals('scoped-1');
    await until('the list has it', async () => {
      const { body } = await scoped.get<{ agents: { agent: string }[] }>('/agents');
      assert.ok(body.agents.every(({ agent }) => agent === 'scoped-1'));
      return body.agents.length === 1;
    });
    const { body } = await scoped.get<Approvals>('/approvals');
    assert.deepEqual(
      body.approvals.map(({ agent }) => agent),
      ['scoped-1'],
    );
  });

  it('gives pages that together are the list', async () => {
    const { body: all } = await ann.get<{ agents: { agent: string }[] }>('/agents?limit=200');
    const found: string[] = [];
    let cursor = '';
    do {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await ann.get<{ agents: { agent: string }[]; nextCursor?: string }>(
        `/agents?limit=2${more}`,
      );
      assert.ok(body.agents.length <= 2);
      found.push(...body.agents.map(({ agent }) => agent));
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    assert.deepEqual(found.toSorted(), all.agents.map(({ agent }) => agent).toSorted());
  });
});
