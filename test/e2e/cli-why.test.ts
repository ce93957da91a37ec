import assert from 'node:assert/strict';
import { PerdureCli } from '../support/cli.ts';
import { calls, finish, type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { Stage } from '../support/stage.ts';

interface Wait {
  /** Up to the step with which the agent goes on. */
  readonly script: readonly Step[];
  readonly definition?: string;
  readonly budget?: { readonly turns: number };
  readonly kind: string;
  /** Word of ours that ends it. */
  readonly command: string;
  /** Waits for nothing, but was paused. */
  readonly isPaused?: boolean;
}

const write: Step = calls(['write_file', { path: "it's.txt", content: 'a "quoted" word' }]);

/** Every way to wait that there is with the tools of today, and what ends it. */
const waits: Readonly<Record<string, Wait>> = {
  approval: { script: [write], kind: 'approval', command: 'approve' },
  edition: { script: [write], kind: 'approval', command: 'edit' },
  rejection: { script: [write], kind: 'approval', command: 'reject' },
  'answer-in-place': { script: [write], kind: 'approval', command: 'respond' },
  neglect: { script: [write], kind: 'approval', command: 'ignore' },
  suggestion: { script: [write], definition: 'suggester', kind: 'approval', command: 'respond' },
  question: {
    script: [calls(['ask_human', { question: 'Which?', choices: ['red', 'blue'] }])],
    kind: 'input',
    command: 'respond',
  },
  idle: { script: [{ text: 'Hello.' }], definition: 'companion', kind: 'input', command: 'say' },
  event: {
    script: [calls(['wait_for_event', { name: "the owner's word" }])],
    kind: 'event',
    command: 'event',
  },
  timer: { script: [calls(['sleep_until', { after: '30d' }])], kind: 'timer', command: 'resume' },
  'rate-limit': {
    script: [{ fault: 'rate_limit', retryAfter: 3_600 }],
    kind: 'rate_limit',
    command: 'resume',
  },
  outage: { script: [{ fault: 'status', status: 401 }], kind: 'model_outage', command: 'resume' },
  budget: {
    script: [calls(['note', { text: 'one' }])],
    budget: { turns: 1 },
    kind: 'budget',
    command: 'approve',
  },
  pause: {
    script: [calls(['wait_for_event', { name: 'never' }])],
    kind: 'event',
    command: 'resume',
    isPaused: true,
  },
};

const rest = 'ask_human: auto, wait_for_event: auto, sleep_until: auto, note: auto, finish: auto';
const definitions = {
  clerk: `model: unused\ntools: { write_file: approve, ${rest} }\n---\nDo as you are told.`,
  suggester: `model: unused\ntools: { write_file: suggest, ${rest} }\n---\nDo as you are told.`,
  companion: `model: unused\nlifetime: persistent\ntools: { ${rest} }\n---\nDo as you are told.`,
};

/** The agents differ by the tool whose line is used: the same wait ends either way. */
const rows = Object.entries(waits).flatMap(([name, wait]) =>
  (['perdure', 'temporal'] as const).map((tool) => ({ id: `${name}-${tool}`, tool, ...wait })),
);

describe('why an agent waits', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;

  before(async () => {
    const described = rows.map(({ id, script }) => [id, { script: [...script, finish('went on')] }] as const);
    models = await switchOfModels(Object.fromEntries(described));
    stage = await Stage.create({ modelUrl: models.url, definitions });
    cli = await PerdureCli.create(stage.environment);
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    await models.close();
  });

  for (const { id, tool, kind, command, definition = 'clerk', budget, isPaused = false } of rows)
    it(`is told for ${id}, with a ${tool} line that ends it`, async () => {
      // Only now: some waits end by themselves, and the tests before this one may take a while.
      const start = { agent: definition, input: 'Go.', model: id, ...(budget ? { budget } : {}) };
      await stage.gateway.start(start, { id });
      await stage.untilStatus(id, ({ interruptions }) => interruptions[0]?.kind === kind);
      if (isPaused) await stage.gateway.send(id, 'pause', { by: 'ann' });
      const { code, stdout, stderr } = await cli.run(['why', id]);
      assert.equal(code, 0, stderr);
      // A worker that is slow to answer is a reason to read the history, and to say so.
      assert.match(stderr, /^(?:[^\n]*So this was read from the history[^\n]*\n)?$/);
      assert.match(stdout, new RegExp(`^${id} is (waiting|paused) \\(for \\d+ s, turn \\d\\)\n`));
      const printed = stdout.split('\n').map((line) => line.trim());
      const ours = printed.findIndex((line) => line.startsWith(`perdure ${command} `));
      assert.ok(ours > 0, stdout);
      assert.match(printed[ours - 1] ?? '', /^to .*:$/);
      const line = printed[tool === 'perdure' ? ours : ours + 1] ?? '';
      assert.ok(line.startsWith(`${tool} `), line);
      const { revision } = await stage.gateway.status(id);
      const ran = await cli.line(line);
      assert.equal(ran.code, 0, `${line}\n${ran.stderr}`);
      if (isPaused) {
        assert.equal((await stage.gateway.status(id)).paused, undefined);
        return;
      }
      await stage.untilStatus(id, (now) => now.revision > revision && now.status === 'completed');
      assert.deepEqual([models.complaints(id), models.left(id)], [[], 0]);
    });

  it('is said as data too, and is nobody for an agent that has ended', async () => {
    const document = (await cli.json(['why', 'pause-perdure'])) as Record<string, unknown>;
    assert.equal(document['agent'], 'pause-perdure');
    const [wait] = document['waits'] as {
      kind: string;
      unblock: { does: string; perdure: string; temporal: string }[];
    }[];
    assert.equal(wait?.kind, 'event');
    assert.deepEqual(Object.keys(wait.unblock[0] ?? {}), ['does', 'perdure', 'temporal']);
    const { stdout } = await cli.run(['why', 'timer-perdure']);
    assert.match(stdout, /^timer-perdure is completed .*; it waits for nobody\.\n$/);
  });

  it('repeats the flags that reach the server', async () => {
    const flags = ['--address', stage.address, '--namespace', stage.namespace];
    const { stdout } = await cli.run(['why', 'pause-perdure', ...flags], {
      env: { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    });
    assert.match(
      stdout,
      new RegExp(`perdure event .* --address ${stage.address} --namespace ${stage.namespace}$`, 'm'),
    );
    assert.match(
      stdout,
      new RegExp(`temporal workflow .* --address ${stage.address} --namespace ${stage.namespace}$`, 'm'),
    );
  });
});
