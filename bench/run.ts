/** `make bench`: what agents cost beside plain Temporal workflows, and how fast they go on after a kill. */
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { machine, textOf, writePage } from './page.ts';
import type { Outcome, Section } from './section.ts';
import { age } from './sections/age.ts';
import { archive } from './sections/archive.ts';
import { approval } from './sections/approval.ts';
import { conversation } from './sections/conversation.ts';
import { inbox } from './sections/inbox.ts';
import { recovery } from './sections/recovery.ts';
import { throughput } from './sections/throughput.ts';
import { timeline } from './sections/timeline.ts';
import { turns } from './sections/turns.ts';
import { waiting } from './sections/waiting.ts';
import { watched } from './sections/watched.ts';
import { woken } from './sections/woken.ts';
import { full, quick, type Sizes } from './sizes.ts';
import { startBenchStack } from './stack.ts';

const sections = [
  turns,
  age,
  throughput,
  watched,
  approval,
  recovery,
  waiting,
  inbox,
  timeline,
  woken,
  conversation,
  archive,
];

const { values: options } = parseArgs({
  options: {
    /** Only these sections, by name, with commas between them. */
    only: { type: 'string', default: '' },
    /** Small sizes, to see that everything works. */
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    turns: { type: 'string' },
    waiting: { type: 'string' },
    /** Puts what was measured into this page. */
    write: { type: 'string' },
    check: { type: 'boolean', default: false },
  },
});

const chosen = sections.filter(({ name }) => options.only === '' || options.only.split(',').includes(name));
const unknown = options.only
  .split(',')
  .filter((name) => name !== '' && !chosen.some((one) => one.name === name));
if (unknown.length > 0)
  fail(`--only: there is no ${unknown.join(', ')}; there are ${sections.map(({ name }) => name).join(', ')}`);
const sizes = sizesOf();

const stack = await startBenchStack();
const connection = await Connection.connect({ address: stack.address });
const client = new Client({ connection });
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const outcomes = new Map<Section, Outcome>();
try {
  process.stdout.write(`${machine()}\n`);
  for (const section of chosen) {
    const began = performance.now();
    const outcome = await Promise.race([section.measure({ client, stack, sizes, say }), stack.broken]);
    outcomes.set(section, outcome);
    const seconds = Math.round((performance.now() - began) / 1_000);
    process.stdout.write(
      `\n${section.title} (${section.name}, ${seconds} s)\n\n${outcome.tables.map(textOf).join('\n\n')}\n`,
    );
  }
} finally {
  await connection.close();
  await stack.stop();
}
if (options.write !== undefined) await writePage(options.write, sections, outcomes, commandOf);
const missed = [...outcomes.values()].reduce((sum, outcome) => sum + outcome.missed, 0);
if (options.check && missed > 0) process.exitCode = 1;

function sizesOf(): Sizes {
  const base = options.quick ? quick : full;
  const waitingAgents = wholeNumber('waiting', base.waiting);
  return {
    ...base,
    runs: wholeNumber('runs', base.runs),
    turns: wholeNumber('turns', base.turns),
    waiting: waitingAgents,
    woken: Math.min(base.woken, waitingAgents),
  };
}

function wholeNumber(name: 'runs' | 'turns' | 'waiting', usual: number): number {
  const text = options[name];
  if (text === undefined) return usual;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) fail(`--${name} is a whole number from 1`);
  return value;
}

/** What repeats a section as it was measured here. */
function commandOf({ name }: Section): string {
  const given = (['runs', 'turns', 'waiting'] as const).flatMap((option) => {
    const value = options[option];
    return value === undefined ? [] : [`--${option} ${value}`];
  });
  return ['node bench/run.ts', `--only ${name}`, ...(options.quick ? ['--quick'] : []), ...given].join(' ');
}

function fail(message: string): never {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(2);
}
