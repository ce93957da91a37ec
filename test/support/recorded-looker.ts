import { calls, finish } from './models.ts';
import type { RecordedAgent } from './recorded-agent.ts';

export const looker = `model: unused
tools:
  list_files: { when: "args.path != ''", mode: auto }
  finish: auto
---
Look.`;

/** Its batches are local steps, beside which it is asked for its status all the time and told things. */
export const localSteps: RecordedAgent = {
  definition: 'looker',
  script: [...Array.from({ length: 6 }, () => calls(['list_files', { path: 'invoices' }])), finish('seen')],
  meanwhile: async ({ stage, id }) => {
    const handle = stage.client.workflow.getHandle(id);
    for (let number = 0; ; number += 1) {
      const now = await stage.statusIfAnswered(id);
      if (now?.status === 'completed' || now?.status === 'failed') return;
      if (number % 4 > 0) continue;
      await handle.signal('message', { text: String(number), by: 'ann' }).catch(() => undefined);
    }
  },
};
