import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf, isMacro } from './condition-cost.ts';

/** What evaluating may still cost. Counted, never measured: a history gives the same however fast the machine is that reads it. */
export interface Steps {
  left: number;
}

/** One condition, or several about the same: some milliseconds. The workflow's thread does nothing else meanwhile. */
const MAX_STEPS = 100_000;
/** Thousands of events may come at once, each looked at by all who wait: so much for one, and more only for what it brings along. */
const MIN_EVENT_STEPS = 10_000;
const STEPS_PER_BYTE = 2;
/** A text is compared, searched or copied many characters at a time. */
const CHARS_PER_STEP = 8;
/** Going through a list is paid before it begins; mostly the end is not reached. */
const ITEMS_PER_STEP = 2;
/** Also a condition that says next to nothing has to be set up. */
const STEPS_PER_EVALUATION = 30;
/** Which function is meant is looked up by the types of what it gets, each time. */
const STEPS_PER_CALL = 10;
/** Asking what a time is in another zone makes a calendar. */
const STEPS_PER_ZONE = 5_000;
/** What goes wrong for an item of a list is only remembered while the others are asked, and takes longer than going right. */
const STEPS_PER_ERROR = 400;

export function stepsForOne(): Steps {
  return { left: MAX_STEPS };
}

/** For all that is asked about events of so many bytes. */
export function stepsForEvents(bytes: number): Steps {
  return { left: MIN_EVENT_STEPS + bytes * STEPS_PER_BYTE };
}

type Evaluate = (evaluator: unknown, node: unknown, context: unknown) => unknown;

/** What nodes of the library have beyond its types: how they are evaluated, and what stands for the call of a macro. */
interface Evaluated {
  readonly meta: { readonly evaluate: Evaluate; readonly alternate?: Evaluated };
  setMeta(key: 'evaluate', evaluate: Evaluate): unknown;
}

/** What is done with a value: taken as it is, gone through item by item, or looked at with all that is in it. */
type Use = 'taken' | 'gone-through' | 'looked-at';

/**
 * Has every node of a condition pay from the account that it is given for each evaluation. With an empty account nodes fail:
 * what the condition then gives says nothing.
 */
export function payingFor(condition: ASTNode): { pays: (account: Steps) => void } {
  let account: Steps = { left: 0 };
  let paidError: unknown;
  const pay = (price: number): void => {
    account.left -= price;
    // One for all: no trace is drawn each time. A list's items were paid before, so those that still fail are few.
    if (account.left < 0) throw overspent;
  };
  const count = (node: ASTNode, use: Use): void => {
    // Sound because the library's own evaluation uses the same two members; `test/core/condition-steps.test.ts` says if not.
    const itself = node as unknown as Evaluated;
    const evaluated = itself.meta.alternate ?? itself;
    const { evaluate } = evaluated.meta;
    const price = priceOf(node);
    evaluated.setMeta('evaluate', (evaluator, self, context) => {
      pay(price);
      try {
        const value = evaluate(evaluator, self, context);
        // The value's own node has been paid.
        if (use === 'looked-at') pay(weightOf(value) - 1);
        if (use === 'gone-through') pay(Math.ceil(lengthOf(value) / ITEMS_PER_STEP));
        return value;
      } catch (error) {
        if (error !== paidError) account.left -= STEPS_PER_ERROR;
        paidError = error;
        throw error;
      }
    });
    for (const child of childrenOf(node)) count(child, useOf(child, node, use));
  };
  count(condition, 'taken');
  return {
    pays: (next) => {
      account = next;
      account.left -= STEPS_PER_EVALUATION;
      paidError = undefined;
    },
  };
}

const overspent = new Error('too many steps');

function priceOf({ op, args }: ASTNode): number {
  if (op !== 'call' && op !== 'rcall') return 1;
  const isOfZone = op === 'rcall' && args[0].startsWith('get') && args[2].length > 0;
  return isOfZone ? STEPS_PER_ZONE : STEPS_PER_CALL;
}

/** What a node does with the value of one below it. */
function useOf(child: ASTNode, { op, args }: ASTNode, use: Use): Use {
  switch (op) {
    case '?:':
      return child === args[0] ? 'taken' : use;
    case '.':
    case '.?':
    case '[]':
    case '[?]':
    case '&&':
    case '||':
    case '!_':
    case 'list':
    case 'map':
      return 'taken';
    case 'rcall': {
      const [name, receiver] = args;
      if (name === 'bind') return child === args[2][2] ? use : 'taken';
      if (!isMacro(name)) return 'looked-at';
      return child === receiver ? 'gone-through' : 'taken';
    }
    default:
      return 'looked-at';
  }
}

function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 1;
}

/** Nothing that a condition speaks of is ever changed, and many look at the same. */
const weights = new WeakMap<object, number>();

function weightOf(value: unknown): number {
  if (typeof value === 'string') return 1 + Math.ceil(value.length / CHARS_PER_STEP);
  if (typeof value !== 'object' || value === null) return 1;
  const known = weights.get(value);
  if (known !== undefined) return known;
  const weight = ArrayBuffer.isView(value)
    ? 1 + Math.ceil(value.byteLength / CHARS_PER_STEP)
    : Object.values(value).reduce<number>((sum, part) => sum + weightOf(part), 1);
  weights.set(value, weight);
  return weight;
}
