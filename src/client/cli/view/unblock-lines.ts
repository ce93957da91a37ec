import type { DecisionKind } from '../../../contracts/messages.ts';
import type { ApprovalView } from '../../../contracts/status.ts';
import { sampleAnswer } from '../../../core/sample-answer.ts';
import { shellWord } from './text.ts';

/** A way to unblock an agent, as a line for either command-line tool. */
export interface Unblock {
  readonly does: string;
  readonly perdure: string;
  readonly temporal: string;
}

/** What a decision means depends on what was asked: to approve an unknown outcome is to run the call again. */
function meaning(subject: string, decision: DecisionKind): string {
  return meanings[subject]?.[decision] ?? meanings['tool']?.[decision] ?? decision;
}

const meanings: Readonly<Record<string, Partial<Record<DecisionKind, string>>>> = {
  tool: {
    approve: 'let it run',
    edit: 'let it run with other arguments',
    reject: 'refuse it',
    respond: 'answer in its place, without running it',
    ignore: 'let the agent go on without it',
  },
  suggestion: {
    respond: 'report that you did it',
    approve: 'let the agent do it after all',
    reject: 'decline to do it',
  },
  budget: {
    approve: 'extend it as proposed',
    edit: 'extend it by something else',
    reject: 'end the agent',
  },
  question: { respond: 'answer', ignore: 'let the agent go on without an answer' },
  unknown_outcome: {
    approve: 'run it again, because it was not done',
    respond: 'tell the result, because it was done',
    reject: 'give it up',
  },
};

/** Writes the same step as a line of ours and as a line of Temporal's own tool. */
export class UnblockLines {
  readonly #agent: string;
  readonly #by: string;
  readonly #flags: readonly string[];

  constructor(agent: string, by: string, flags: readonly string[]) {
    this.#agent = agent;
    this.#by = by;
    this.#flags = flags;
  }

  decide({ id, args, revision, subject, form }: ApprovalView, decision: DecisionKind): Unblock {
    const extra = {
      approve: {},
      ignore: {},
      edit: { args },
      reject: { message: 'why not' },
      respond: form ? { args: sampleAnswer(form) } : { message: 'your answer' },
    }[decision];
    const flags = [
      ...('args' in extra ? ['--args', JSON.stringify(extra.args)] : []),
      ...('message' in extra ? ['--message', extra.message] : []),
    ];
    return this.#lines(meaning(subject, decision), [decision, this.#agent, id, ...flags], 'decide', {
      approval: id,
      decision,
      by: this.#by,
      ...extra,
      revision,
    });
  }

  say(): Unblock {
    return this.#lines('say something', ['say', this.#agent, 'your message'], 'message', {
      text: 'your message',
      by: this.#by,
    });
  }

  event(name: string): Unblock {
    return this.#lines('report the event', ['event', this.#agent, name, '{}'], 'event', {
      name,
      payload: {},
    });
  }

  intervene(name: 'resume'): Unblock {
    return this.#lines('go on now', [name, this.#agent], name, { by: this.#by });
  }

  #lines(does: string, words: string[], update: string, payload: unknown): Unblock {
    const temporal = [
      'temporal',
      'workflow',
      'update',
      'execute',
      '--workflow-id',
      this.#agent,
      '--name',
      update,
    ];
    return {
      does,
      perdure: ['perdure', ...words, ...this.#flags].map(shellWord).join(' '),
      temporal: [...temporal, '--input', JSON.stringify(payload), ...this.#flags].map(shellWord).join(' '),
    };
  }
}
