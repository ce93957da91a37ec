import assert from 'node:assert/strict';
import { Script } from '../../src/simulator/script.ts';
import { createScriptedModel, type ScriptedModel, type ScriptedStep } from '../../src/simulator/scripted.ts';

async function post(server: ScriptedModel, content = 'Go.'): Promise<{ status: number; text: string }> {
  const response = await fetch(`${server.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer k' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
  });
  return { status: response.status, text: await response.text() };
}

async function withScript(
  steps: ScriptedStep[],
  use: (server: ScriptedModel) => Promise<void>,
): Promise<void> {
  const server = await createScriptedModel(steps);
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

describe('a script', () => {
  it('answers step after step, as often as a step says, and keeps what it was asked', async () => {
    await withScript([{ reply: { text: 'one' }, times: 2 }, { reply: { text: 'two' } }], async (server) => {
      const texts = [await post(server), await post(server), await post(server, 'Third.')];
      assert.deepEqual(
        texts.map(({ text }) => /"content":"(\w+)"/.exec(text)?.[1]),
        ['one', 'one', 'two'],
      );
      assert.equal(server.requests.length, 3);
      assert.equal(server.requests[2]?.body.messages[0]?.content, 'Third.');
      assert.equal(server.requests[2].headers.authorization, 'Bearer k');
      server.assertDone();
    });
  });

  it('fails on a call that it does not expect', async () => {
    await withScript([], async (server) => {
      const { status, text } = await post(server);
      assert.equal(status, 500);
      assert.match(text, /call 1 came after the script had ended/);
      assert.throws(() => {
        server.assertDone();
      }, /call 1 came after the script had ended/);
    });
  });

  it('fails on steps left over', async () => {
    await withScript([{ reply: { text: 'one' } }, { fault: 'hang', times: 3 }], async (server) => {
      await post(server);
      assert.equal(server.remaining(), 3);
      assert.throws(() => {
        server.assertDone();
      }, /step 2 \(hang\) was left over 3 times/);
    });
  });

  it('checks what a step expects, by a part of the request or by a function', async () => {
    const steps: ScriptedStep[] = [
      { expect: { model: 'm', lastMessage: { content: /^Go/ } }, reply: {} },
      { expect: { lastMessage: { content: 'Stop.' } }, reply: {} },
      {
        expect: ({ body }) => {
          assert.equal(body.messages.length, 9, 'nine messages');
        },
        reply: {},
      },
    ];
    await withScript(steps, async (server) => {
      assert.deepEqual(
        [(await post(server)).status, (await post(server)).status, (await post(server)).status],
        [200, 500, 500],
      );
      assert.throws(() => {
        server.assertDone();
      }, /step 2 expects: lastMessage.content is "Go.", expected "Stop."[^]*step 3 expects: nine messages/);
    });
  });

  it('says how far it is', async () => {
    await withScript([{ reply: {} }], async (server) => {
      const report = await fetch(new URL('/script', server.url));
      assert.deepEqual(await report.json(), { remaining: 1, unexpected: [] });
    });
  });

  it('comes as JSON too, and names the step that is wrong', () => {
    const steps = [
      { reply: { text: 'a', usage: null } },
      { fault: 'rate_limit', retryAfter: 3, times: 2 },
      { fault: 'cut_stream', afterChars: 5, reply: { text: 'cut' }, delayMs: 5, expect: { model: 'm' } },
    ];
    assert.deepEqual(Script.parse(steps).length, 3);
    assert.equal(Script.safeParse([{ reply: {} }, { fault: 'no_such_fault' }]).error?.issues[0]?.path[0], 1);
    assert.equal(Script.safeParse([{ fault: 'hang', typo: 1 }]).success, false);
  });
});
