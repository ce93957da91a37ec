import type { ToolModule } from '../../../src/tools/kit.ts';

/** Changes nothing, and is quick enough to be batched. */
const look: ToolModule = ({ defineTool, z }) =>
  defineTool({
    name: 'look',
    description: 'Looks at something.',
    effect: 'pure',
    timeoutMs: 500,
    input: z.strictObject({ what: z.string() }),
    output: z.object({ what: z.string() }),
    run: (args) => Promise.resolve(args),
  });
export default look;
