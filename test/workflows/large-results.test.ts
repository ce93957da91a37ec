import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Json } from '../../src/contracts/json.ts';
import type { ModelRequest } from '../../src/simulator/model-server.ts';
import { defineTool, ToolError } from '../../src/tools/define-tool.ts';
import { AgentLab, calls, finish, type Step } from '../support/agent-lab.ts';

const chars = 300_000;

/** Gives and says too much, in every way that a tool can. */
const shouter = defineTool({
  name: 'shout',
  description: 'shouts',
  effect: 'pure',
  timeoutMs: 500,
  input: z.strictObject({ how: z.enum(['long', 'huge', 'deep', 'error']), mark: z.string().default('') }),
  output: z.json(),
  run: ({ how, mark }): Promise<Json> => {
    if (how === 'error') throw new ToolError('Invalid', 'e'.repeat(3_000_000));
    if (how === 'huge') return Promise.resolve(`${mark}${'漢'.repeat(2_000_000)}`);
    if (how === 'long') return Promise.resolve({ text: `${mark}${'x'.repeat(chars)}the end` });
    let value: Json = mark;
    for (let depth = 0; depth < 500; depth += 1) value = [value];
    return Promise.resolve(value);
  },
});

/** What the model was told by its last calls. */
function told({ body }: ModelRequest, count = 1): Record<string, unknown>[] {
  return body.messages.slice(-count).map(({ content }) => {
    assert.ok(typeof content === 'string');
    return JSON.parse(content) as Record<string, unknown>;
  });
}

const Told = z.object({
  ok: z.literal(true),
  result: z.looseObject({ artifact: z.string(), hint: z.string() }),
});

describe('large results', function () {
  this.timeout(60_000);
  let lab: AgentLab;
  before(async () => {
    lab = await AgentLab.create(undefined, [shouter]);
  });
  after(() => lab.dispose());

  for (const checkpoints of ['batched', 'each']) {
    it(`are shown by their beginning and read in pages (${checkpoints})`, async () => {
      let artifact = '';
      let rest = '';
      const agent = await lab.start(
        `checkpoints: ${checkpoints}\ntools: { shout: auto, read_artifact: auto, finish: auto }`,
        [
          calls(['shout', { how: 'long' }]),
          (request) => {
            const { result } = Told.parse(told(request)[0]);
            assert.match(result.hint, /read_artifact/);
            artifact = result.artifact;
            return calls(['read_artifact', { artifact, offset: chars - 1_000 }]);
          },
          (request) => {
            rest = JSON.stringify(told(request)[0]);
            return finish();
          },
        ],
      );
      await agent.handle.result();
      assert.match(rest, /the end/);
      const { events } = await agent.handle.fetchHistory();
      assert.ok(JSON.stringify(events).length < 150_000);
    });
  }

  it('are read by nobody else, and a file that is gone is said to be so', async () => {
    let artifact = '';
    const script = (steps: Step[]): Promise<{ handle: { result: () => Promise<unknown> } }> =>
      lab.start('tools: { shout: auto, read_artifact: auto, finish: auto }', steps);
    const owner = await script([
      calls(['shout', { how: 'long', mark: 'mine' }]),
      async (request) => {
        artifact = Told.parse(told(request)[0]).result.artifact;
        await rm(join(lab.folder, 'artifacts'), { recursive: true });
        return calls(['read_artifact', { artifact }]);
      },
      (request) => {
        assert.match(JSON.stringify(told(request)), /NotFound/);
        return calls(['shout', { how: 'long', mark: 'mine' }]);
      },
      finish(),
    ]);
    await owner.handle.result();
    const other = await script([
      calls(['read_artifact', { artifact }]),
      (request) => {
        assert.match(JSON.stringify(told(request)), /NotFound/);
        return finish();
      },
    ]);
    await other.handle.result();
  });

  it('of any size and depth, and long complaints, never stop an agent; without the tool it is not named', async () => {
    const asked = Array.from({ length: 32 }, (_, n): [string, Record<string, unknown>] => [
      'shout',
      { how: (['long', 'huge', 'deep', 'error'] as const)[n % 4] ?? 'long', mark: `${n}` },
    ]);
    let hints: string[] = [];
    const agent = await lab.start('tools: { shout: auto, finish: auto }', [
      calls(...asked),
      (request) => {
        const results = told(request, 32);
        assert.deepEqual(
          results.map(({ ok }) => ok),
          asked.map((_, n) => n % 4 !== 3),
        );
        hints = results.flatMap((result) => {
          const parsed = Told.safeParse(result);
          return parsed.success ? [parsed.data.result.hint] : [];
        });
        return finish();
      },
    ]);
    await agent.handle.result();
    assert.equal(hints.length, 24);
    assert.ok(hints.every((hint) => !hint.includes('read_artifact')));
  });
});
