import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Memory, MemoryFilter, MemoryStore } from '../../storage/memories.ts';
import { memoryFileName, openMemories } from '../../storage/sqlite-memories.ts';
import { GatewayError } from '../gateway-error.ts';
import { examples, listLimit } from './arguments.ts';
import { confirmed } from './confirm.ts';
import { registerPrune } from './memory-prune.ts';
import type { Run } from './session.ts';
import { maybeMore } from './view/cut-list.ts';
import { clean, oneLine, table } from './view/text.ts';
import { since } from './view/time.ts';

/** Columns of a text in the list; --json has all of it. */
const TEXT_COLUMNS = 70;

export function registerMemory(program: Command, run: Run): void {
  const memory = program
    .command('memory')
    .description('what agents remember (memory.sqlite in PERDURE_DATA_DIR, default .perdure)');
  memory
    .command('list')
    .description('newest first; with --search what fits best first')
    .option('--definition <name>', 'of agents of this definition')
    .option('--agent <id>', 'of this agent')
    .option('--label <label>', 'under this label')
    .option('--search <text>', 'with any of these words')
    .option('--limit <number>', 'at most this many', listLimit, 50)
    .addHelpText(
      'after',
      examples(
        'perdure memory list --definition invoice-desk',
        'perdure memory list --search nordwind --json',
      ),
    )
    .action((filter: MemoryFilter) =>
      run(async (session) => {
        const memories = await withMemories([], (store) => store.list(filter));
        session.out.data(memories, () => memoriesText(memories, Date.now()));
        const cut = { limit: filter.limit, filters: '--definition, --agent, --label or --search' };
        for (const line of maybeMore(memories, cut)) session.out.note(line);
        return undefined;
      }),
    );
  memory
    .command('delete <id...>')
    .description('delete memories for good; agents that have recalled one keep what they read')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('perdure memory delete mem-0123456789abcdef --yes'))
    .action((ids: string[], { yes }: { yes?: boolean }) =>
      run(async (session) => {
        const effect = `delete ${ids.length === 1 ? 'this memory' : `these ${ids.length} memories`} for good`;
        if (!yes && !(await confirmed(session, effect))) {
          session.out.note('Nothing was deleted.');
          return 1;
        }
        const deleted = await withMemories([], (store) => store.delete(ids));
        const missing = ids.filter((id) => !deleted.includes(id));
        if (deleted.length > 0)
          session.out.data({ deleted, missing }, () => `deleted ${deleted.map(clean).join(', ')}`);
        if (missing.length === 0) return undefined;
        throw new GatewayError('NotFound', `There is no memory ${missing.map(clean).join(', ')}.`, {
          help: 'Look for it: perdure memory list.',
        });
      }),
    );
  registerPrune(memory, run, withMemories);
}

/** Where nothing was ever kept there is no file, and looking must not make one. */
async function withMemories<Result>(
  otherwise: Result,
  work: (store: MemoryStore) => Promise<Result>,
): Promise<Result> {
  // An empty variable means that it is not set, here as in the worker.
  const file = join(process.env['PERDURE_DATA_DIR'] || '.perdure', memoryFileName);
  if (!existsSync(file)) return otherwise;
  const store = openMemories(file, unavailable);
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

function unavailable(message: string, cause: unknown): GatewayError {
  return new GatewayError('ToolUnavailable', `${message}.`, {
    help: 'Mend what the message names, and try again.',
    cause,
  });
}

export function memoriesText(memories: readonly Memory[], now: number): string {
  if (memories.length === 0) return 'No memories here. Is PERDURE_DATA_DIR that of the worker?';
  return table(
    ['ID', 'DEFINITION', 'AGENT', 'TURN', 'SHARED', 'LABEL', 'KEPT', 'TEXT'],
    memories.map(({ id, definition, agent, turn, scope, label, at, text }) => [
      clean(id),
      clean(definition),
      clean(agent),
      String(turn),
      scope === 'definition' ? 'yes' : 'no',
      label === undefined ? '-' : oneLine(label, 30),
      `${since(at, now)} ago`,
      oneLine(text, TEXT_COLUMNS),
    ]),
  );
}
