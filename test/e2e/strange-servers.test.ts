import assert from 'node:assert/strict';
import type { Outcome } from '../../src/contracts/state.ts';
import type { Quirks } from '../../src/simulator/model-answer.ts';
import {
  calls,
  finish,
  lastMessage,
  type ModelDescription,
  type ModelSwitch,
  type Step,
  switchOfModels,
} from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

/** A task with two turns of tools, which any server that works at all must get through. */
const task: readonly Step[] = [
  calls(['note', { text: 'one' }], ['write_file', { path: 'a.txt', content: 'hello' }]),
  calls(['read_file', { path: 'a.txt' }]),
  (asked) => {
    assert.match(lastMessage(asked), /hello/);
    return finish('all done');
  },
];

const quirks: Readonly<Record<string, Quirks>> = {
  'no-usage': { noUsage: true },
  'no-streaming': { noStreaming: true },
  'no-streaming-no-usage': { noStreaming: true, noUsage: true },
  'arguments-as-object': { argumentsAsObject: true },
  'arguments-as-object-not-streamed': { argumentsAsObject: true, noStreaming: true },
  'odd-finish-reason': { finishReason: 'eos' },
  'no-finish-reason': { finishReason: null },
  'no-call-ids': { toolCallIdsMissing: true },
  'content-as-parts': { contentAsParts: true },
  'another-role': { role: 'model' },
  'no-role': { role: null },
};

/** A fault that the agent gets over by itself, within the retries or by telling the model. */
const passing: Readonly<Record<string, readonly Step[]>> = {
  'cut-stream': [{ fault: 'cut_stream', afterChars: 40 }, finish('all done')],
  'cut-stream-at-once': [{ fault: 'cut_stream', afterChars: 0 }, finish('all done')],
  'status-500-once': [{ fault: 'status', status: 500 }, finish('all done')],
  'status-503-once': [{ fault: 'status', status: 503, headers: { 'retry-after': '1' } }, finish('all done')],
  'wrong-content-type': [{ fault: 'wrong_content_type' }, finish('all done')],
  'truncated-json': [
    { fault: 'truncated_json', tool: 'note' },
    toldOf(/not a JSON object/),
    finish('all done'),
  ],
  'unknown-tool': [{ fault: 'unknown_tool' }, toldOf(/there is no tool/), finish('all done')],
  'bad-arguments': [{ fault: 'bad_arguments', tool: 'write_file' }, toldOf(/Invalid/), finish('all done')],
  'empty-reply': [{ fault: 'empty_reply' }, toldOf(/empty/), finish('all done')],
  'rate-limit-with-time': [{ fault: 'rate_limit', retryAfter: 1 }, finish('all done')],
};

/** A fault that keeps the agent waiting, with a reason that people can read, until it is told to go on. */
const waiting: Readonly<Record<string, { script: readonly Step[]; kind: string; summary: RegExp }>> = {
  'rate-limit-without-time': {
    script: [{ fault: 'rate_limit' }, finish('all done')],
    ...{ kind: 'rate_limit', summary: /429/ },
  },
  'rate-limit-of-an-hour': {
    script: [{ fault: 'rate_limit', retryAfter: 3_600 }, finish('all done')],
    ...{ kind: 'rate_limit', summary: /429/ },
  },
  'storm-of-500': {
    script: [
      ...Array.from({ length: 3 }, (): Step => ({ fault: 'status', status: 500 })),
      finish('all done'),
    ],
    ...{ kind: 'model_outage', summary: /500/ },
  },
  'wrong-key': {
    script: [{ fault: 'status', status: 401 }, finish('all done')],
    ...{ kind: 'model_outage', summary: /ModelAuthentication/ },
  },
  'never-a-word': {
    script: [...Array.from({ length: 3 }, (): Step => ({ fault: 'empty_reply' })), finish('all done')],
    ...{ kind: 'model_outage', summary: /empty/ },
  },
  'reply-too-large': {
    script: [
      ...Array.from({ length: 3 }, (): Step => ({ fault: 'huge_reply', chars: 2_000_000 })),
      finish('all done'),
    ],
    ...{ kind: 'model_outage', summary: /ModelProtocol/ },
  },
};

function toldOf(what: RegExp): Step {
  return (asked) => {
    assert.match(lastMessage(asked), what);
    return calls(['note', { text: 'understood' }]);
  };
}

const slowText = 'The whole of what the slow one has to say, word for word. '.repeat(12);

const models: Readonly<Record<string, ModelDescription>> = {
  ...Object.fromEntries(
    Object.entries(quirks).map(([name, quirk]) => [name, { script: task, quirks: quirk }]),
  ),
  ...Object.fromEntries(Object.entries(passing).map(([name, script]) => [name, { script }])),
  ...Object.fromEntries(Object.entries(waiting).map(([name, { script }]) => [name, { script }])),
  hangs: { script: [{ fault: 'hang', afterChars: 60 }] },
};

const definition = `model: unused
tools: { note: auto, write_file: auto, read_file: auto, finish: auto }
---
Do as you are told.`;

describe('an agent whose model server', () => {
  let servers: ModelSwitch;
  let stage: Stage;
  before(async () => {
    servers = await switchOfModels({
      ...models,
      slow: { script: [{ text: slowText }], chunkDelayMs: 150 },
    });
    stage = await Stage.create({ modelUrl: servers.url, definitions: { worker: definition } });
    // All at once: each is slow only because it waits.
    for (const model of [...Object.keys(quirks), ...Object.keys(passing)]) await start(model);
  });
  after(async () => {
    await stage.dispose();
    await servers.close();
  });

  const start = (model: string) =>
    stage.gateway.start({ agent: 'worker', input: 'Go.', model }, { id: model });

  async function assertDone(model: string): Promise<void> {
    const outcome: Outcome = await stage.gateway.result(model);
    assert.deepEqual(servers.complaints(model), []);
    assert.deepEqual(outcome, { status: 'completed', result: 'all done' });
    assert.equal(servers.left(model), 0, 'steps of the script were left over');
  }

  for (const name of Object.keys(quirks)) {
    it(`has the habit ${name} completes`, () => assertDone(name));
  }

  for (const name of Object.keys(passing)) {
    it(`fails with ${name} completes`, () => assertDone(name));
  }

  for (const [name, { kind, summary }] of Object.entries(waiting)) {
    it(`fails with ${name} waits with a reason, and goes on when told to`, async () => {
      // Only now: it would go on by itself while the tests before this one take their time.
      await start(name);
      const { interruptions } = await stage.untilStatus(name, ({ status }) => status === 'waiting');
      assert.equal(interruptions[0]?.kind, kind);
      assert.match(interruptions[0].summary, summary);
      assert.ok(interruptions[0].deadline !== undefined, 'it is asked again by itself some time');
      await stage.gateway.send(name, 'resume', { by: 'test' });
      await assertDone(name);
    });
  }

  it('hangs can be watched and cancelled', async () => {
    await start('hangs');
    await until('it has begun to speak', async () =>
      (await stage.gateway.live('hangs')).activities.some(({ partial = '' }) => partial.length > 20),
    );
    await stage.gateway.cancel('hangs', 'it takes too long');
    assert.equal((await stage.gateway.result('hangs')).status, 'cancelled');
  });

  it('is slow can be read while it writes', async () => {
    const { agent } = await stage.gateway.start({ agent: 'worker', input: 'Talk.', model: 'slow' });
    const seen: string[] = [];
    while ((await stage.gateway.live(agent)).open) {
      for (const { partial } of (await stage.gateway.live(agent)).activities)
        if (partial !== undefined && partial !== '' && seen.at(-1) !== partial) seen.push(partial);
    }
    assert.ok(seen.length >= 2, `seen were ${seen.length} states of the text`);
    for (const [at, text] of seen.entries()) {
      assert.ok(slowText.startsWith(text), `${text} is no beginning`);
      assert.ok(text.startsWith(seen[at - 1] ?? ''), 'what was seen once stays');
    }
    assert.ok((seen[0]?.length ?? 0) < slowText.trim().length, 'it was seen before it was whole');
    assert.deepEqual(await stage.gateway.result(agent), { status: 'completed', result: slowText });
  });
});
