import type { ToolModule } from '../../../src/tools/kit.ts';
import { input, output, probe } from './probe/probe.ts';

const tool: ToolModule = (kit) =>
  kit.defineTool({
    ...{ name: 'probe_once', description: 'Has an effect that is counted.', effect: 'once' as const },
    ...{ timeoutMs: 10_000, input: input(kit.z), output: output(kit.z) },
    run: ({ how }, context) => probe('once', how, kit, context),
  });
export default tool;
