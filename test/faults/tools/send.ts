import type { ToolModule } from '../../../src/tools/kit.ts';
import { askOwner, effectInput, effectOutput } from './effect/ask-owner.ts';

/** The owner does what it is asked, each time, and can't be asked what it has done. */
const send: ToolModule = ({ defineTool, z }) =>
  defineTool({
    name: 'send',
    description: 'Sends an item.',
    effect: 'once',
    timeoutMs: 20_000,
    input: effectInput(z),
    output: effectOutput(z),
    run: (args, context) => askOwner({ ...args, tool: 'send', keyed: false }, context),
  });
export default send;
