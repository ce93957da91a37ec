import type { ToolModule } from '../../../src/tools/kit.ts';

const tool: ToolModule = ({ defineTool, z }) =>
  defineTool({
    name: 'look_and_die',
    description: 'Ends the process that runs it.',
    effect: 'pure',
    timeoutMs: 500,
    input: z.strictObject({}),
    output: z.object({}),
    run: () => {
      process.kill(process.pid, 'SIGKILL');
      return Promise.resolve({});
    },
  });
export default tool;
