import assert from 'node:assert/strict';
import proto from '@temporalio/proto';
import * as z from 'zod';
import { defineTool } from '../../src/tools/define-tool.ts';
import { AgentLab, calls, finish, type Step } from '../support/agent-lab.ts';

let open = 0;
let looks = 0;

/** A long result, so that recording it at each look would show. */
const backlog = defineTool({
  name: 'backlog',
  description: 'How much is open.',
  effect: 'pure',
  timeoutMs: 400,
  input: z.strictObject({}),
  output: z.object({ open: z.int(), padding: z.string() }),
  run: () => {
    looks += 1;
    return Promise.resolve({ open, padding: 'x'.repeat(10_000) });
  },
});

describe('an agent that watches for a condition', function () {
  this.timeout(120_000);
  let lab: AgentLab;
  before(async () => {
    lab = await AgentLab.create(undefined, [backlog]);
  });
  after(() => lab.dispose());

  it('waits for a month without asking the model, and its history stays small', async () => {
    open = 3;
    looks = 0;
    const told: string[] = [];
    const script: Step[] = [
      calls(['watch', { tool: 'backlog', condition: 'result.open == 0', every: '1h', timeout: '60d' }]),
      (request) => {
        told.push(JSON.stringify(request.body.messages.at(-1)));
        return finish();
      },
    ];
    const agent = await lab.start('tools: { backlog: auto, watch: auto, finish: auto }', script);
    await agent.until(({ interruptions }) => interruptions[0]?.kind === 'condition');
    await lab.env.sleep('30 days');
    await agent.until(() => looks > 700);
    assert.equal(script.length, 1, 'the model was asked while it waited');
    open = 0;
    await lab.env.sleep('2 hours');
    assert.equal(((await agent.handle.result()) as { turns: number }).turns, 2);
    assert.match(told[0] ?? '', /\\"open\\":0/);
    let bytes = 0;
    for (let runId: string | undefined; ;) {
      const handle = lab.env.client.workflow.getHandle(agent.handle.workflowId, runId);
      const history = await handle.fetchHistory();
      bytes += proto.temporal.api.history.v1.History.encode(history).finish().length;
      runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
      if (runId === '') break;
    }
    assert.ok(bytes < 1_000_000, `${bytes} bytes`);
  });
});
