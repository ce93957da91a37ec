/**
 * Records what a real agent carries from one run to the next, as a sample of the present version of the state, and the
 * schema that it has now. After `make build`:
 * `node test/support/record-state.ts`. Run it once for each version, when `STATE_VERSION` has been raised, and keep the
 * older samples: `test/core/carried-state.test.ts` reads every one of them for as long as such agents may live.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import * as z from 'zod';
import { AgentState, STATE_VERSION } from '../../src/contracts/state.ts';
import { AgentLab, calls, finish, type LabAgent } from './agent-lab.ts';
import { startTestServer } from './test-server.ts';

const folder = join(import.meta.dirname, '../core/states');
/** Low, so that the agent moves to another run soon. */
const suggestAfterEvents = 150;
const definition = `lifetime: persistent
contextWindow: 2000
tools:
  note: auto
  write_file:
    mode: approve
    approvers: { people: [ann, bert], role: operator }
    deadline: { after: 9d, outcome: ask, whilePaused: stops }
    remind: 2d
    escalate: [{ after: 4d, role: approver }]
  ask_human: auto
  sleep_until: auto
  wait_for_event: auto
  list_files: auto
  delegate: auto`;
const sleeper = `tools: { sleep_until: auto }`;

/** An agent that has everything a state can hold: a digest, notes, decided and open approvals, waits, queues, ids. */
async function live(lab: AgentLab): Promise<LabAgent> {
  const sleep = calls(['sleep_until', { after: '30d' }]);
  const other = await lab.start(sleeper, [sleep, sleep]);
  const {
    definition: { name },
  } = await other.status();
  const agent = await lab.start(definition, [
    ...Array.from({ length: 8 }, (_, at) =>
      calls(['note', { text: `Nº ${at}: remember “this” – ${'schöne Worte '.repeat(40)}` }]),
    ),
    calls(['delegate', { agent: name, input: 'Sleep well.', wait: false }]),
    calls(['ask_human', { question: 'Which one?', choices: ['a', 'b'] }]),
    calls(
      ['write_file', { path: 'reports/größe.md', content: '# Ünïcode 漢字' }],
      ['ask_human', { question: 'And then?' }],
      ['sleep_until', { after: '30d' }],
      ['wait_for_event', { name: 'delivery', timeout: '20d' }],
      ['list_files', { path: '.' }],
    ),
    finish(),
  ]);
  const { approvals } = await agent.until((status) => status.approvals.length === 1);
  await agent.send('decide', { approval: approvals[0]?.id, decision: 'respond', message: 'b', by: 'ann' });
  await agent.until((status) => status.approvals.length === 2);
  const open = (await agent.status()).approvals.find(({ tool }) => tool === 'write_file');
  await agent.send('claim', { approval: open?.id, by: 'ann' });
  await agent.send('grant', {
    tool: 'write_file',
    when: 'args.path == "b"',
    until: '2026-12-24T18:00:00Z',
    by: 'ann',
  });
  await agent.send('message', { text: 'Read me next', by: 'bert', id: 'm1' });
  await agent.send('message', { text: 'Und mich: 漢字', by: 'ann', id: 'm2' });
  await agent.send('event', { name: 'kept', payload: { nested: [1, null, 'zwei'] }, id: 'e1' });
  await agent.send('pause', { by: 'ann', reason: 'lunch' });
  return agent;
}

const Recorded = z.object({ state: z.object({ version: z.int(), agentId: z.string() }).loose() });

/** The second argument of the agent's second run. */
async function carriedBy(lab: AgentLab, agent: LabAgent): Promise<unknown> {
  const { client } = lab.env;
  const { workflowId } = agent.handle;
  for (let sent = 0; ; sent += 1) {
    await agent.handle.signal('event', { name: 'noise', id: `n${sent}` });
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const started = events?.[0]?.workflowExecutionStartedEventAttributes;
    const payload = started?.input?.payloads?.[1];
    if (payload) return defaultPayloadConverter.fromPayload(payload);
  }
}

const server = await startTestServer({
  dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': suggestAfterEvents },
});
const lab = await AgentLab.create(server);
try {
  const { state } = Recorded.parse(await carriedBy(lab, await live(lab)));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `state-v${STATE_VERSION}.json`), `${JSON.stringify(state, null, 2)}\n`);
  await writeFile(
    join(folder, `schema-v${STATE_VERSION}.json`),
    `${JSON.stringify(z.toJSONSchema(AgentState), null, 2)}\n`,
  );
  console.log(`recorded a state of version ${state.version}`);
} finally {
  await lab.dispose();
  await server.stop();
}
