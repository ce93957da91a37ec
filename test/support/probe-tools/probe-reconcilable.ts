import type { ToolModule } from '../../../src/tools/kit.ts';
import { hasActed, input, output, probe } from './probe/probe.ts';

const tool: ToolModule = (kit) =>
  kit.defineTool({
    ...{ name: 'probe_reconcilable', description: 'Has an effect that is counted.', effect: 'reconcilable' },
    ...{ timeoutMs: 10_000, input: input(kit.z), output: output(kit.z) },
    run: ({ how }, context) => probe('reconcilable', how, kit, context),
    reconcile: (key) =>
      Promise.resolve(hasActed(key) ? { type: 'done', result: { key } } : { type: 'not-done' }),
  });
export default tool;
