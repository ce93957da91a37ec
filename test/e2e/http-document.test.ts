import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { operations } from '../../src/client/admin/api/operations.ts';
import type { AgentDifference } from '../../src/contracts/difference.ts';
import type { Explanation } from '../../src/contracts/explanation.ts';
import type { ApprovalView, StatusDocument } from '../../src/contracts/status.ts';
import { ruleReply } from '../../src/simulator/rule-model.ts';
import type { Admin } from '../support/admin.ts';
import { Caller, makeToken, startApi } from '../support/api.ts';
import { readEvents } from '../support/events.ts';
import { expectedPayments, paidIn } from '../support/expected-payments.ts';
import { anyRequest } from '../support/http/any-request.ts';
import { ApiDocument, DocumentClient } from '../support/http/api-document.ts';
import { calls, type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

const root = join(import.meta.dirname, '../..');
const ask: Step = calls(
  ['write_file', { path: 'a.txt', content: 'x' }],
  ['wait_for_event', { name: 'never' }],
);
const clerk = 'model: asking\ntools: { write_file: approve, wait_for_event: auto, finish: auto }\n---\nAsk.';

/** Seconds that the fuzzer may take; many more find what is rare. */
const fuzzSeconds = Number(process.env['PERDURE_FUZZ_SECONDS'] ?? 5);
const seed = Number(process.env['PERDURE_FUZZ_SEED'] ?? Date.now() % 1_000_000_000);

interface Problem {
  readonly code: string;
  readonly current?: StatusDocument;
}

describe('programs that know the OpenAPI document and nothing else', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let admin: Admin;
  let secret: string;
  let oz: Caller;
  let document: ApiDocument;
  let client: DocumentClient;

  before(async () => {
    const many = (step: Step): Step[] => Array<Step>(1_000).fill(step);
    models = await switchOfModels({
      simulator: { script: many(({ body }) => ruleReply(body)) },
      asking: { script: many(ask) },
    });
    stage = await Stage.create({ modelUrl: models.url, definitions: { clerk } });
    await cp(join(root, 'agents/invoice-desk.md'), join(stage.agentsDir, 'invoice-desk.md'));
    await cp(join(root, 'examples/invoice-desk'), stage.workspace, { recursive: true });
    admin = await startApi(stage);
    secret = makeToken(stage.dataDir, 'oz', 'admin');
    oz = new Caller(admin, secret);
    document = new ApiDocument((await admin.ask('GET', '/openapi.json')).text);
    client = new DocumentClient(document, oz);
  });
  after(async () => {
    await admin.child.stop();
    await stage.dispose();
    await models.close();
  });

  it('work the invoice desk to the end', async () => {
    const id = 'desk';
    const input = 'Work through the invoices.';
    const begun = await client.ask('startAgent', {
      body: { agent: 'invoice-desk', input, id, model: 'simulator' },
    });
    assert.equal(begun.status, 201);
    const { path } = document.operation('followAgent');
    const events = await readEvents(`${admin.url}/api/v1${path.replace('{id}', id)}`, secret);
    const decided = new Set<string>();
    await until(
      'the desk has ended',
      async () => {
        const { data } = events.heard.findLast(({ event }) => event === 'status') ?? {};
        for (const approval of (data?.['approvals'] ?? []) as ApprovalView[])
          if (!decided.has(approval.id)) decided.add(await decide(id, approval));
        return events.heard.at(-1)?.event === 'end';
      },
      () => JSON.stringify(events.heard.at(-1)),
    );
    assert.ok(decided.size > 5);
    const { body } = await client.ask<StatusDocument>('showAgent', { path: { id } });
    assert.deepEqual([body.status, body.requester], ['completed', 'oz']);
    assert.deepEqual(paidIn(stage.ledgerFile), (await expectedPayments(stage.workspace)).paid);
    for (const operation of ['showTimeline', 'showTranscript', 'showTransitions'])
      assert.equal((await client.ask(operation, { path: { id }, query: { limit: '100' } })).status, 200);
    assert.equal((await client.ask('showCheckpoint', { path: { id, turn: '3' } })).status, 200);
    const call = { path: { id, call: '1.1' } };
    assert.equal((await client.ask<Explanation>('explainCall', call)).body.item.turn, 1);
    const same = await client.ask<AgentDifference>('compareAgents', { path: { id }, query: { with: id } });
    assert.deepEqual([same.status, same.body.parting], [200, undefined]);
    const late = await client.ask('stopAgent', { path: { id }, body: {} });
    assert.deepEqual([late.status, late.body['code']], [409, 'Closed']);
  });

  /** Yes to what policy asks about; what is proposed or unclear is held back. Gives the approval's id. */
  async function decide(
    id: string,
    { id: approval, revision, allowedDecisions }: ApprovalView,
  ): Promise<string> {
    const open = await client.ask<{ approvals: { approval: { id: string } }[] }>('listApprovals');
    assert.equal(open.status, 200);
    const decision = allowedDecisions.includes('approve')
      ? { decision: 'approve' }
      : { decision: 'respond', message: 'hold' };
    const path = { id, approval };
    const taken = await client.ask('decide', { path, body: { ...decision, revision } });
    assert.equal(taken.status, 200, taken.text);
    return approval;
  }

  it('are refused what is based on an older state, by field or header, and lose nothing by it', async () => {
    const path = { id: 'lock' };
    await oz.post('/agents', { agent: 'clerk', ...path });
    const { revision, queued, budget } = await stage.untilStatus(
      'lock',
      ({ status }) => status === 'waiting',
    );
    const [old, tag] = [revision - 1, `"${revision}"`];
    const bodies: Readonly<Record<string, object>> = {
      ...{ sendMessage: { text: 'x' }, sendEvent: { name: 'x' }, extendBudget: { turns: 1 } },
      grantLeave: { tool: 'write_file', until: '2999-01-01T00:00:00Z' },
      rewindAgent: { turn: 0 },
    };
    // Decisions are based on their approval, and a fork changes nothing of the agent.
    const changing = operations.filter(
      ({ id, method, path: at }) =>
        method === 'post' && /:id\/[^/]+$/.test(at) && !['decide', 'forkAgent'].includes(id),
    );
    assert.ok(changing.length >= 7);
    for (const { id } of changing) {
      const body = bodies[id] ?? {};
      for (const stale of [
        await client.ask<Problem>(id, { path, body: { ...body, revision: old } }),
        await client.ask<Problem>(id, { path, body, headers: { 'if-match': `"${old}"` } }),
      ])
        assert.deepEqual(
          [stale.status, stale.body.code, stale.body.current?.revision],
          [409, 'Conflict', revision],
          id,
        );
      for (const header of [`W/"${revision}"`, String(revision), '"a"', '"1", "2"', ''])
        assert.equal(
          (await client.ask(id, { path, body, headers: { 'if-match': header } })).status,
          400,
          header,
        );
      const both = { path, body: { ...body, revision: old }, headers: { 'if-match': tag } };
      assert.equal((await client.ask(id, both)).status, 400, id);
    }
    const { approvals } = (await client.ask<StatusDocument>('showAgent', { path })).body;
    const asked = approvals[0] ?? assert.fail();
    const later = { 'if-match': `"${asked.revision + 1}"` };
    for (const id of ['claimApproval', 'releaseApproval', 'decide']) {
      const request = {
        path: { ...path, approval: asked.id },
        body: id === 'decide' ? { decision: 'reject' } : {},
        headers: later,
      };
      // Nobody has claimed it, so that there is nothing to be released.
      const expected = id === 'releaseApproval' ? 200 : 409;
      assert.equal((await client.ask(id, request)).status, expected, id);
    }
    const shown = await client.ask<StatusDocument>('showAgent', { path, headers: { 'if-none-match': tag } });
    assert.deepEqual([shown.status, shown.headers.etag], [200, tag]);
    assert.deepEqual([shown.body.queued, shown.body.budget], [queued, budget]);
    const start = { body: { agent: 'clerk' }, headers: { 'if-match': tag } };
    assert.equal((await client.ask('startAgent', start)).status, 400);
    const paused = await client.ask<StatusDocument>('pauseAgent', {
      path,
      body: {},
      headers: { 'if-match': tag },
    });
    assert.deepEqual([paused.status, paused.headers.etag], [200, `"${paused.body.revision}"`]);
    assert.equal(
      (await client.ask('resumeAgent', { path, body: {}, headers: { 'if-match': '*' } })).status,
      200,
    );
  });

  it(`get an announced answer to whatever they send (PERDURE_FUZZ_SEED=${seed})`, async () => {
    const ids = ['fuzz-1', 'fuzz-2', 'doomed'];
    const approvals: string[] = [];
    for (const id of ids) {
      await oz.post('/agents', { agent: 'clerk', id });
      const { approvals: open } = await stage.untilStatus(id, ({ status }) => status === 'waiting');
      approvals.push(...open.map((approval) => approval.id));
    }
    const known = {
      ...{ approval: approvals, turn: ['0', '1', '7'], status: ['waiting'], definition: ['clerk'] },
      waitingFor: ['approval'],
      ...{ call: ['1.1', '1.9'], with: ['doomed', 'nobody'], kind: ['call', 'call,end'] },
    };
    // One that has ended early refuses everything.
    const idsFor = (operation: string): string[] =>
      ['stopAgent', 'cancelAgent'].includes(operation) ? ['doomed'] : [...ids, 'nobody'];
    const done = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(anyRequest(document, known, idsFor), async ({ operation, address, body, headers }) => {
        const reply = await oz.ask(operation.method, address, body, headers);
        if (reply.status < 300) done.set(operation.operationId, (done.get(operation.operationId) ?? 0) + 1);
        document.assertAnnounced(operation, reply);
        for (const leak of [stage.folder, 'node_modules', secret.slice(21), '    at '])
          assert.ok(!reply.text.includes(leak), reply.text);
      }),
      {
        seed,
        numRuns: 1_000_000,
        plugins: [fc.interruptAfterTimeLimit(fuzzSeconds * 1_000)],
      },
    );
    assert.doesNotMatch(admin.log(), /Unexpected|"level":"error"/);
    // A fuzzer that is always refused finds nothing.
    assert.ok(done.size >= 5, JSON.stringify([...done]));
  }).timeout((fuzzSeconds + 240) * 1_000);
});
