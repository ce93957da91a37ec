import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a program of the folder is told of its environment. */
async function toldTo(program: string, env: NodeJS.ProcessEnv): Promise<string> {
  const setupError = new URL('../../temporal/setup-error.ts', import.meta.url).href;
  const script = `import { runProgram } from ${JSON.stringify(setupError)}; await runProgram(async (env) => ${program});`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { env });
  return stdout.trim();
}

describe('the environment of `make demo` and `make dev`', () => {
  it('has nothing of a variable that is empty, as everywhere else', async () => {
    const told = await toldTo(
      'console.log(Object.keys(env).filter((name) => name.startsWith("PERDURE")).join())',
      {
        ...{ PERDURE_WORKSPACE: '', PERDURE_DATA_DIR: '', PERDURE_TASK_QUEUE: 'mine' },
      },
    );
    assert.equal(told, 'PERDURE_TASK_QUEUE');
  });
});
