import type { ToolModule } from '../../../src/tools/kit.ts';
import { askOwner, effectInput, effectOutput } from './effect/ask-owner.ts';

/** The owner recognises the key, so it may be asked any number of times; that its answer was lost does no harm. */
const post: ToolModule = ({ defineTool, z, ToolUnavailable }) =>
  defineTool({
    name: 'post',
    description: 'Posts an item.',
    effect: 'idempotent',
    timeoutMs: 20_000,
    input: effectInput(z),
    output: effectOutput(z),
    run: async (args, context) => {
      try {
        return await askOwner({ ...args, tool: 'post', keyed: true }, context);
      } catch (error) {
        if (error instanceof TypeError) throw new ToolUnavailable('the owner is not there', { cause: error });
        throw error;
      }
    },
  });
export default post;
