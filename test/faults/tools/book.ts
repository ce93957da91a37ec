import type { ToolModule } from '../../../src/tools/kit.ts';
import { askOwner, askWhetherDone, effectInput, effectOutput } from './effect/ask-owner.ts';

/** The owner does what it is asked, each time, but can be asked whether it has done it. */
const book: ToolModule = ({ defineTool, z }) =>
  defineTool({
    name: 'book',
    description: 'Books an item.',
    effect: 'reconcilable',
    timeoutMs: 20_000,
    input: effectInput(z),
    output: effectOutput(z),
    run: (args, context) => askOwner({ ...args, tool: 'book', keyed: false }, context),
    reconcile: async (key, _args, { signal }) =>
      (await askWhetherDone(key, signal)) ? { type: 'done', result: { done: true } } : { type: 'not-done' },
  });
export default book;
