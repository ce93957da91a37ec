import type { ToolModule } from '../../../src/tools/kit.ts';
import { input, output, probe } from './probe/probe.ts';

const tool: ToolModule = (kit) =>
  kit.defineTool({
    ...{
      name: 'probe_idempotent',
      description: 'Has an effect that is counted.',
      effect: 'idempotent' as const,
    },
    ...{ timeoutMs: 10_000, input: input(kit.z), output: output(kit.z) },
    run: ({ how }, context) => probe('idempotent', how, kit, context),
  });
export default tool;
