import { beginRun } from '../core/begin.ts';
import * as builtInTools from '../core/built-in-tools.ts';
import '../core/carry.ts';
import { changesBy } from '../core/changes.ts';
import '../core/child-event.ts';
import '../core/incoming.ts';
import '../core/model-tools.ts';
import '../core/notices.ts';
import { RunRecord } from '../core/run-record.ts';
import '../core/run-views.ts';
import '../core/status-document.ts';
import '../core/status-text.ts';
import '../core/step-event.ts';
import '../core/successors.ts';

declare global {
  interface ImportMeta {
    /** Webpack's: every module of a folder that fits, as part of the bundle. */
    webpackContext(
      folder: string,
      options: { recursive: boolean; regExp: RegExp },
    ): { (name: string): object; keys(): string[] };
  }
}

/**
 * Loaded once for each worker thread, before the first agent: contracts and core, which have no state of their own. Building
 * their schemas took longer than everything else that an agent's start costs. The sandbox freezes what shared
 * modules export, all the way down, and zod completes a schema when it is first used; what is frozen already it leaves as it
 * is, so only the modules themselves are frozen here. Those that know Temporal's SDK, which has a state, are not shared; those
 * that only clients know have no place in a worker's memory.
 */
const contracts = import.meta.webpackContext('../contracts', {
  recursive: false,
  regExp:
    /^\.\/(?!message-definitions|payload-converter|failure-converter|data-converter|trace-header|answers|audit|difference|explanation|replay|rewind|session|status|timeline)[a-z-]+\.[jt]s$/,
});
for (const shapes of [...contracts.keys().map(contracts), builtInTools]) Object.freeze(shapes);

// The first object that zod parses decides things for all others, in an object of its own that will be frozen.
const begun = beginRun({ agent: 'nobody' }, undefined, {
  ...{ agentId: '', firstRunId: '', at: 0, askedAt: 0 },
  continues: false,
  ...{ occasion: {}, changes: changesBy(() => false) },
});
if (begun.ok) new RunRecord(begun.state);
