import type { ModelItem, TimelineItem } from '../../../contracts/timeline.ts';
import { clean } from './text.ts';
import { span } from './time.ts';
import { isUnverified } from '../../../contracts/unverified.ts';
import { unverified } from './people-view.ts';
import { valueLine } from './values.ts';

/** A line is cut to the terminal's width afterwards. */
const WIDE = 200;

interface Words {
  readonly sign: string;
  readonly tone: 'good' | 'bad' | 'waiting' | 'quiet';
  readonly words: string;
  /** How long it took, and what it cost. */
  readonly after: string;
}

/** What happened in a few words. */
export function itemWords(item: TimelineItem): Words {
  const took = item.endedAt !== undefined && item.endedAt > item.at ? length(item.endedAt - item.at) : '';
  switch (item.kind) {
    case 'turn':
      return { sign: '', tone: 'quiet', words: `turn ${item.turn}`, after: took };
    case 'gap':
      return { sign: '⋯', tone: 'quiet', words: `${took} later`, after: '' };
    case 'condensed': {
      const words = `the conversation was condensed from ${item.before} to ${item.after} characters`;
      return { sign: '≈', tone: 'quiet', words, after: '' };
    }
    case 'message':
      return messageWords(item);
    case 'model':
      return modelWords(item, took);
    case 'crew':
      return { sign: '●', tone: 'quiet', words: item.text, after: '' };
    case 'call':
      return callWords(item, took);
    case 'approval':
      return approvalWords(item, took);
    case 'wait':
      return waitWords(item, took);
    case 'transition': {
      const { revision, from, to, cause, actor } = item.transition;
      const change = from === to ? to : `${from} → ${to}`;
      const who = isUnverified(item.transition) ? unverified(actor) : actor;
      return { sign: '·', tone: 'quiet', words: `r${revision} ${change}: ${cause}, ${who}`, after: '' };
    }
    case 'agent': {
      const { id, agent, status, input } = item.child;
      return { sign: '⤷', tone: 'quiet', words: `${id} (${agent}) ${status}: ${input}`, after: took };
    }
    case 'end': {
      const { outcome } = item;
      const tone = outcome.status === 'completed' ? 'good' : 'bad';
      return { sign: '■', tone, words: `${outcome.status}: ${outcomeText(outcome)}`, after: '' };
    }
  }
}

function outcomeText(outcome: Extract<TimelineItem, { kind: 'end' }>['outcome']): string {
  switch (outcome.status) {
    case 'completed':
      return valueLine(outcome.result, WIDE);
    case 'failed':
      return `${outcome.failure.type}: ${outcome.failure.message}`;
    case 'cancelled':
      return outcome.reason;
  }
}

function modelWords(item: ModelItem, took: string): Words {
  const { model, reply, failure } = item;
  const after = [costText(item), took].filter((part) => part !== '').join(', ');
  if (failure)
    return { sign: '✗', tone: 'bad', words: `${model}: ${failure.type}: ${failure.message}`, after };
  if (!reply) return { sign: '…', tone: 'waiting', words: `${model} is asked`, after };
  const said = reply.text.trim() === '' ? `${reply.calls} calls` : reply.text;
  return { sign: '●', tone: 'good', words: `agent: ${said}`, after };
}

/** Tokens, cost and attempts of a question to a model. */
export function costText({ usage, step }: Pick<ModelItem, 'usage' | 'step'>): string {
  return [
    ...(usage ? [`${usage.inputTokens}→${usage.outputTokens} tokens`] : []),
    ...(usage && usage.usd > 0
      ? [`$${usage.usd < 0.1 ? usage.usd.toPrecision(2) : usage.usd.toFixed(2)}`]
      : []),
    ...(step && step.attempts > 1 ? [`attempt ${step.attempts}`] : []),
  ].join(', ');
}

function callWords(item: Extract<TimelineItem, { kind: 'call' }>, took: string): Words {
  const { name, args, outcome, status, verdicts, leave, index, turn } = item;
  const { proposed } = args;
  const given = args.executed ?? args.edited ?? (proposed.type === 'parsed' ? proposed.value : proposed.text);
  const mode = verdicts.at(-1)?.mode;
  const after = [
    ...(mode === undefined || mode === 'auto' ? [] : [mode]),
    ...(args.edited ? ['edited'] : []),
    ...(leave?.grant === true ? ['leave given ahead'] : []),
    ...(took === '' ? [] : [took]),
  ].join(', ');
  const call = `${turn}.${index + 1} ${clean(name)}`;
  if (outcome?.ok === false) {
    const { type, message } = outcome.error;
    return { sign: '✗', tone: 'bad', words: `${call} ${type}: ${message}`, after };
  }
  const words = `${call} ${valueLine(given, WIDE)}`;
  if (outcome) return { sign: '✓', tone: 'good', words, after };
  return {
    sign: status === 'dropped' ? '✗' : '…',
    tone: status === 'dropped' ? 'bad' : 'waiting',
    words,
    after,
  };
}

/** Short times matter beside what a model and a tool take. */
export function length(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : span(ms);
}

type Of<Kind extends TimelineItem['kind']> = Extract<TimelineItem, { kind: Kind }>;

function messageWords(item: Of<'message'>): Words {
  const { what, by, signedInAs, text = '', name = '', payload, readAt } = item;
  const said =
    what === 'event' ? `event ${name} ${payload === undefined ? '' : JSON.stringify(payload)}` : text;
  const who = what === 'instructions' || what === 'notice' ? what : (by ?? 'requester');
  const isSent = (what === 'message' || what === 'event') && by !== undefined;
  return {
    sign: '◆',
    tone: 'quiet',
    words: `${isSent && signedInAs === undefined ? unverified(who) : who}: ${said}`,
    after: readAt === undefined ? 'not read yet' : '',
  };
}

function approvalWords(item: Of<'approval'>, took: string): Words {
  const { id, decisions, status, summary } = item.approval;
  const made = decisions.map(
    ({ decision, by, signedInAs }) => `${decision} by ${signedInAs ? by : unverified(by)}`,
  );
  const answer = made.length > 0 ? made.join(', ') : status;
  const isOpen = status === 'open';
  return {
    sign: '?',
    tone: isOpen ? 'waiting' : 'good',
    words: `${id} ${answer}: ${summary}`,
    after: took,
  };
}

function waitWords(item: Of<'wait'>, took: string): Words {
  const { wait, summary, endedBy, endedAt } = item;
  const after = [took, endedBy?.cause ?? ''].filter((part) => part !== '').join(', ended by ');
  const tone = endedAt === undefined ? 'waiting' : 'quiet';
  return { sign: '◷', tone, words: `${wait.replaceAll('_', ' ')}: ${summary}`, after };
}
