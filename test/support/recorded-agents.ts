import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calls, finish, type ModelDescription, type Step } from './models.ts';
import { decide, type RecordedAgent } from './recorded-agent.ts';
import { localSteps, looker } from './recorded-looker.ts';
import { timeTravels, traveller } from './recorded-travels.ts';
import { put, type Stage, until } from './stage.ts';
import { buildUbl, type InvoiceSpec } from './ubl.ts';
import { wrongSignals, wrongUpdates } from './wrong-messages.ts';

const root = join(import.meta.dirname, '../..');

export const recordedDefinitions: Readonly<Record<string, string>> = {
  waiter: `model: unused
budget: { turns: 6 }
tools:
  write_file: { mode: approve, deadline: { after: 1s, outcome: reject } }
  sleep_until: auto
  wait_for_event: auto
  note: auto
  finish: auto
---
Wait.`,
  asker: 'model: unused\ntools: { ask_human: auto, finish: auto }\n---\nAsk.',
  listener:
    'model: [troubled, fallback]\nlifetime: persistent\ntools: { note: auto, list_files: auto }\n---\nListen.',
  prober: 'model: unused\ntools: { probe_reconcilable: auto, probe_once: auto, finish: auto }\n---\nProbe.',
  chief: 'model: unused\ntools: { delegate: auto, ask_human: auto, finish: auto }\n---\nDelegate.',
  helper: 'model: below\ntools: { sleep_until: auto, finish: auto }\n---\nHelp.',
  traveller,
  looker,
  counter:
    'model: unused\ncheckpoints: each\ntools: { note: auto, list_files: auto, finish: auto }\n---\nCount.',
};

const pay = (...names: string[]): Step =>
  calls(
    ...names.map((name): [string, Record<string, unknown>] => [
      'pay_invoice',
      { invoice: `invoices/${name}.xml` },
    ]),
  );

const approvals: RecordedAgent = {
  definition: 'invoice-desk',
  script: [
    calls(['list_files', { path: 'invoices' }], ['read_invoice', { path: 'invoices/a.xml' }]),
    pay('a', 'b', 'c', 'd', 'e', 'missing'),
    calls(['ask_human', { question: 'And now?', choices: ['go on'] }], ['note', { text: 'asked' }]),
    calls(
      ['write_file', { path: 'reports/r.md', content: '# Paid' }],
      ['write_file', { path: 'x', content: '' }],
    ),
    finish({ paid: ['a', 'b'] }),
  ],
  meanwhile: async (people) => {
    await decide(people, 1, 'approve');
    await decide(people, 2, 'reject', { message: 'not this one' });
    await decide(people, 3, 'respond', { message: 'done by hand' });
    await decide(people, 4, 'edit', { args: { invoice: 'invoices/f.xml' } });
    await decide(people, 0, 'respond', { message: 'go on' });
  },
};

const waits: RecordedAgent = {
  definition: 'waiter',
  script: [
    calls(['sleep_until', { after: '1s' }], ['wait_for_event', { name: 'never', timeout: '1s' }]),
    calls(['write_file', { path: 'late.txt', content: 'nobody decides in time' }]),
    calls(['wait_for_event', { name: 'delivery' }], ['note', { text: 'side by side' }]),
    calls(['wait_for_event', { name: 'early' }]),
    calls(['sleep_until', { after: '30d' }]),
    calls(['note', { text: 'read it' }]),
    finish('waited'),
  ],
  meanwhile: async ({ stage, id }) => {
    const { gateway } = stage;
    await gateway.send(id, 'event', { name: 'early', payload: { kept: true }, id: 'e1' });
    await stage.untilStatus(id, ({ turn, status }) => turn === 3 && status === 'waiting');
    await gateway.send(id, 'pause', { by: 'ann', reason: 'lunch' });
    await gateway.send(id, 'event', { name: 'delivery', payload: [1, 2] });
    await gateway.send(id, 'message', { text: 'Hurry up', by: 'ann', id: 'm1' });
    await gateway.send(id, 'message', { text: 'Hurry up', by: 'ann', id: 'm1' });
    await gateway.send(id, 'resume', { by: 'ann' });
    await stage.untilStatus(id, ({ turn, status }) => turn === 5 && status === 'waiting');
    await gateway.send(id, 'resume', { by: 'ann' });
    await stage.untilStatus(id, ({ interruptions }) => interruptions.some(({ kind }) => kind === 'budget'));
    await gateway.send(id, 'extendBudget', { by: 'ann', turns: 3 });
  },
};

const strangeMessages: RecordedAgent = {
  definition: 'asker',
  script: [calls(['ask_human', { question: 'Which?' }]), finish('unharmed')],
  meanwhile: async (people) => {
    const { temporal, stage, id } = people;
    await stage.untilStatus(id, ({ status }) => status === 'waiting');
    for (const { name, payload, meta } of Object.values(wrongSignals))
      await temporal.signal(id, name, payload, ...(meta === undefined ? [] : ['--input-meta', meta]));
    for (const { name, payload } of Object.values(wrongUpdates)) await temporal.update(id, name, payload);
    await decide(people, 0, 'respond', { message: 'that one' });
  },
};

const modelTroubles: RecordedAgent = {
  definition: 'listener',
  ownModels: true,
  script: [
    { fault: 'rate_limit', retryAfter: 1 },
    { fault: 'truncated_json', tool: 'note' },
    { fault: 'empty_reply' },
    { fault: 'unknown_tool' },
    { fault: 'status', status: 400, body: { error: { message: 'no' } } },
    { fault: 'status', status: 401 },
    { text: 'I listen.' },
    { text: 'I have heard it.' },
  ],
  fallback: [
    calls(['note', { text: 'I stand in' }], ['list_files', { path: '.' }]),
    { fault: 'status', status: 401 },
  ],
  meanwhile: async ({ stage, id }) => {
    await stage.untilStatus(id, ({ interruptions }) =>
      interruptions.some(({ kind }) => kind === 'model_outage'),
    );
    await stage.gateway.send(id, 'resume', { by: 'ann' });
    await stage.untilStatus(id, ({ interruptions }) => interruptions.some(({ kind }) => kind === 'input'));
    await stage.gateway.send(id, 'event', { name: 'bell', payload: null });
    await stage.untilStatus(id, ({ turn, status }) => status === 'waiting' && turn === 6);
    await stage.gateway.send(id, 'stop', { by: 'ann', reason: 'enough heard' });
  },
};

const manyTurns: RecordedAgent = {
  definition: 'counter',
  script: [
    ...Array.from({ length: 16 }, (_, at): Step =>
      calls(['note', { text: `${at}` }], ['list_files', { path: '.' }]),
    ),
    finish('counted'),
  ],
  meanwhile: () => Promise.resolve(),
};

const cancelled: RecordedAgent = {
  definition: 'asker',
  script: [calls(['ask_human', { question: 'Anybody there?' }])],
  meanwhile: async ({ stage, id }) => {
    await stage.untilStatus(id, ({ status }) => status === 'waiting');
    await stage.gateway.cancel(id, 'nobody is');
  },
};

/** People are told of what it asks, before they answer. */
const told: RecordedAgent = {
  definition: 'asker',
  script: [calls(['ask_human', { question: 'Which?' }]), finish('told')],
  isTold: true,
  meanwhile: async (people) => {
    const handle = people.stage.client.workflow.getHandle(people.id);
    const sent = /childWorkflowExecutionCompleted/;
    await until('people are told', async () => sent.test(JSON.stringify(await handle.fetchHistory())));
    await decide(people, 0, 'respond', { message: 'that one' });
  },
};

/** Steps that were lost, and what becomes of their calls: asked about, waited for, put to a person. */
const lostCalls: RecordedAgent = {
  definition: 'prober',
  script: [
    calls(
      ['probe_reconcilable', { how: 'breaks' }],
      ['probe_once', { how: 'limited-at-first' }],
      ['probe_once', { how: 'breaks' }],
    ),
    finish('all is known'),
  ],
  meanwhile: async (people) => {
    await decide(people, 2, 'respond', { message: '{"key":"as in the ledger"}' });
  },
};

/** Agents below one: awaited and not, paused and told to go on, refused, and one that is stopped with all of it. */
const family: RecordedAgent = {
  definition: 'chief',
  script: [
    calls(
      ['delegate', { agent: 'helper', input: 'One.' }],
      ['delegate', { agent: 'helper', input: 'Two.' }],
      ['delegate', { agent: 'chief', input: 'Not me.' }],
    ),
    calls(
      ['delegate', { agent: 'helper', input: 'Three.', wait: false }],
      ['ask_human', { question: 'Well?' }],
    ),
    { text: 'I wait.' },
    calls(['delegate', { agent: 'helper', input: 'Four.' }]),
  ],
  below: [
    calls(['sleep_until', { after: '2s' }]),
    finish('at once'),
    finish('slept'),
    finish('alone'),
    calls(['sleep_until', { after: '30d' }]),
  ],
  meanwhile: async (people) => {
    const { stage, id } = people;
    await stage.untilStatus(id, ({ children = [] }) => children.some(({ status }) => status === 'open'));
    await stage.gateway.send(id, 'pause', { by: 'ann' });
    await stage.untilStatus(id, ({ children = [] }) => children.some(({ status }) => status === 'completed'));
    await stage.gateway.send(id, 'resume', { by: 'ann' });
    await decide(people, 1, 'respond', { message: 'go on' });
    await stage.untilStatus(id, ({ children = [], status }) => children.length === 4 && status === 'waiting');
    await stage.gateway.send(id, 'stop', { by: 'ann', reason: 'enough' });
  },
};

/** What only reads is done in the step that got the reply: calls, also beside a command, and facts. */
const withTheReply: RecordedAgent = {
  definition: 'invoice-desk',
  script: [
    calls(['list_files', { path: 'invoices' }], ['read_invoice', { path: 'invoices/missing.xml' }]),
    pay('a', 'b'),
    calls(['list_files', { path: 'reports' }], ['note', { text: 'no reports yet' }]),
    calls(['query_table', { path: 'suppliers.csv' }]),
    finish({ paid: ['a', 'b'] }),
  ],
  meanwhile: (people) => decide(people, 1, 'approve'),
};

/** By the name of their file. */
export const recordedAgents: Readonly<Record<string, RecordedAgent>> = {
  approvals,
  waits,
  cancelled,
  'strange-messages': strangeMessages,
  'model-troubles': modelTroubles,
  'many-turns': manyTurns,
  'lost-calls': lostCalls,
  family,
  told,
  'with-the-reply': withTheReply,
  'local-steps': localSteps,
  ...timeTravels,
};

export function modelsOfRecordedAgents(): Record<string, ModelDescription> {
  const models = Object.entries(recordedAgents).flatMap(([name, { script, fallback, below, ownModels }]) => [
    [ownModels === true ? 'troubled' : name, { script }] as const,
    ...(fallback ? [['fallback', { script: fallback }] as const] : []),
    ...(below ? [['below', { script: below }] as const] : []),
  ]);
  return Object.fromEntries(models);
}

/** A desk with an invoice for each way that a payment may go. */
export async function furnishDesk({ workspace, agentsDir }: Stage): Promise<void> {
  await copyFile(join(root, 'agents/invoice-desk.md'), join(agentsDir, 'invoice-desk.md'));
  const account = 'DE13210501700012345601';
  await put(workspace, 'suppliers.csv', `id,name,vat_id,iban\nL-7,Lieferant Sieben,DE700000007,${account}\n`);
  await put(workspace, 'purchase-orders.csv', 'number,supplier_id,currency,amount\nB-1,L-7,EUR,90000.00\n');
  await put(workspace, 'today.txt', '2026-06-15\n');
  const invoice = (name: string, price: string, more: Partial<InvoiceSpec> = {}): Promise<void> => {
    const supplier = { id: 'L-7', name: 'Lieferant Sieben', vatId: 'DE700000007' };
    const lines = [{ name: 'Thing', quantity: '1', price }];
    const spec = {
      number: `N-${name}`,
      supplier,
      accounts: [account],
      order: 'B-1',
      dueDate: '2026-06-30',
      lines,
    };
    return put(workspace, `invoices/${name}.xml`, buildUbl({ ...spec, ...more }));
  };
  await invoice('a', '50.00');
  await invoice('b', '5000.00');
  await invoice('c', '70.00', { dueDate: '2026-01-01' });
  await invoice('d', '80.00', { accounts: ['LT717300010123456789'] });
  await invoice('e', '6000.00');
  await invoice('f', '7000.00');
}
