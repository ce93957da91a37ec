import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program of the folder that says `up`, and when it is interrupted `stopping`, then takes its time to stop. */
function program(stopMs: number): ChildProcess {
  const [setupError, interruption] = ['setup-error.ts', 'interruption.ts'].map((name) =>
    JSON.stringify(new URL(`../../temporal/${name}`, import.meta.url).href),
  );
  const script = `
    import { runProgram, say } from ${setupError};
    import { abortOf, interruption } from ${interruption};
    await runProgram(async (_env, unread) => {
      const { signal, upNow } = interruption(unread);
      upNow();
      const lines = setInterval(() => process.stdout.write('a line\\n'), 50);
      say('up');
      await abortOf(signal);
      say('stopping');
      await new Promise((resolve) => setTimeout(resolve, ${stopMs}));
      say('stopped');
      clearInterval(lines);
    });`;
  return spawn(process.execPath, ['--input-type=module', '--eval', script]);
}

function heard(child: ChildProcess): { text: () => string; line: (wanted: string) => Promise<void> } {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  return {
    text: () => text,
    line: async (wanted) => {
      while (!text.includes(`${wanted}\n`)) await once(child.stderr ?? assert.fail(), 'data');
    },
  };
}

async function ended(child: ChildProcess): Promise<{ code: unknown; signal: unknown }> {
  const [code, signal] = (await once(child, 'close')) as unknown[];
  return { code, signal };
}

describe('ending a program that has processes to stop', () => {
  it('stops in order at the first signal', async () => {
    const child = program(100);
    const { text, line } = heard(child);
    await line('up');
    child.kill('SIGINT');
    const { code } = await ended(child);
    assert.deepEqual([code, text()], [0, 'up\nstopping\nstopped\n']);
  });

  it('ends at once at the second one', async () => {
    const child = program(1e6);
    const { line } = heard(child);
    await line('up');
    child.kill('SIGINT');
    await line('stopping');
    child.kill('SIGINT');
    const { code } = await ended(child);
    assert.equal(code, 130);
  });

  it('stops in order, without a stack, when nobody reads what it says', async () => {
    const child = program(300);
    const { text, line } = heard(child);
    await line('up');
    child.stdout?.destroy();
    const { code } = await ended(child);
    assert.deepEqual([code, text()], [0, 'up\nstopping\nstopped\n']);
  });

  it('stops in order when its reader goes after it was interrupted', async () => {
    const child = program(300);
    const { line } = heard(child);
    await line('up');
    child.kill('SIGINT');
    await line('stopping');
    child.stdout?.destroy();
    child.stderr?.destroy();
    const { code, signal } = await ended(child);
    assert.deepEqual([code, signal], [0, null]);
  });
});
