/** What the stub model asks for in each turn. */
export type BenchTool = 'write_file' | 'read_file';

/** One thing that is measured: an agent, or the plain workflow that it is compared with. */
export interface Variant {
  readonly name: string;
  readonly kind: 'agent' | 'bare';
  readonly tool: BenchTool;
}

/** An agent beside the plain workflow that does the same outside work. */
export interface Comparison {
  readonly agent: Variant;
  readonly bare: Variant;
  /** The most that the agent's turn may take, as a multiple of the plain one. */
  readonly target: number;
  readonly says: string;
}

const bareWrite: Variant = { name: 'bare write_file', kind: 'bare', tool: 'write_file' };
const bareRead: Variant = { name: 'bare read_file', kind: 'bare', tool: 'read_file' };

/** The names of agents are those of the definitions in `bench/agents`. */
const write: Variant = { name: 'write', kind: 'agent', tool: 'write_file' };
const step: Variant = { name: 'step', kind: 'agent', tool: 'read_file' };
const batched: Variant = { name: 'batched', kind: 'agent', tool: 'read_file' };

/** A round measures each of them once, so that a slow minute of the machine meets all of them. */
export const variants: readonly Variant[] = [bareWrite, write, bareRead, step, batched];

export const comparisons: readonly Comparison[] = [
  { agent: write, bare: bareWrite, target: 1.25, says: 'an effect: facts, policy, lease, then the write' },
  { agent: step, bare: bareRead, target: 1.25, says: 'the same two activities' },
  { agent: batched, bare: bareRead, target: 0.8, says: 'a pure tool, batched' },
];

/** The last fifty turns of an agent may differ from its first fifty by this much in history bytes. */
export const flatness = 0.1;
export const comparedTurns = 50;

/** What each turn adds to the transcript beside the frame around it. */
export const addedChars = 1_024;
export const readPath = 'note.txt';
export const filler = 'The quick brown fox jumps over the lazy dog. '.repeat(30).slice(0, addedChars);
