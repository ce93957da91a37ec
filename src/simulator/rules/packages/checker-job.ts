import { z } from 'zod';
import type { ModelReply } from '../../model-answer.ts';
import { taskCalls, type Conversation } from '../conversation.ts';
import { MAX_ATTEMPTS } from '../discover.ts';
import { worthRetrying } from '../outcome.ts';
import { Look } from './package-results.ts';
import { parsed } from './watch.ts';

const Asked = z.looseObject({
  name: z.string().min(1),
  version: z.string().optional(),
  folder: z.string().optional(),
});
/** Longest text of a package that is repeated. */
const MAX_QUOTE_CHARS = 120;

interface Judgement {
  readonly risk: 'low' | 'medium' | 'high';
  readonly reasons: readonly string[];
  readonly advice: string;
}

/** The job of looking closely at one package, for an agent that has the tool for it and is no warden. */
export function checkerJob(conversation: Conversation): ModelReply | undefined {
  const { offered, task } = conversation;
  if (!offered.has('read_package') || offered.has('check_packages')) return undefined;
  const asked = Asked.safeParse(parsed(task.split('\n')[0] ?? '')).data;
  if (asked === undefined) return undefined;
  const { name, version, folder } = asked;
  const looks = taskCalls(conversation, 'read_package');
  const last = looks.at(-1)?.outcome;
  if (looks.length < MAX_ATTEMPTS && worthRetrying(last)) {
    const args = { name, ...(version ? { version } : {}), ...(folder ? { folder } : {}) };
    return { text: 'I look at the package.', toolCalls: [{ name: 'read_package', arguments: args }] };
  }
  const look = last?.ok === true ? Look.safeParse(last.result).data : undefined;
  const { risk, reasons, advice } = look === undefined ? unseen(last) : judge(look);
  const text = `The risk of it is ${risk}: ${reasons.join('; ')}.`;
  const calls = taskCalls(conversation, 'finish');
  if (calls.length >= MAX_ATTEMPTS || !offered.has('finish')) return { text };
  const result = { package: name, version: look?.version ?? version ?? '', risk, reasons, advice };
  return { text, toolCalls: [{ name: 'finish', arguments: { result } }] };
}

function unseen(outcome: { ok: boolean; message?: string } | undefined): Judgement {
  return {
    risk: 'high',
    reasons: [`it could not be looked at: ${quote(outcome?.message ?? 'no answer')}`],
    advice: 'Look at it yourself before anything else.',
  };
}

function judge(look: Look): Judgement {
  const { installed, dev, direct, requiredBy, problem } = look;
  const grave = [
    ...(typeof problem === 'string' ? [`what is installed was not read: ${quote(problem)}`] : []),
    ...(installed && installed.version !== look.version
      ? [`version ${quote(installed.version)} is installed in its place`]
      : []),
  ];
  const scripts = installed?.installScripts ?? [];
  const asker = direct
    ? 'the repository itself'
    : requiredBy.slice(0, 3).map(quote).join(', ') || 'nobody that is listed';
  const reasons = [
    ...grave,
    ...scripts.map((script) => `it runs "${quote(script)}" when it is installed`),
    licenceReason(look),
    `${asker} asks for it${dev ? ', for development only' : ''}`,
    ...(installed?.description ? [`it calls itself "${quote(installed.description)}"`] : []),
  ];
  if (grave.length > 0)
    return { risk: 'high', reasons, advice: 'Install it again from the lock file, and compare.' };
  const risk = dev && scripts.length === 0 ? 'low' : 'medium';
  const advice =
    risk === 'low'
      ? 'It can stay if its terms are acceptable.'
      : 'It goes with the product, so decide before the next release.';
  return { risk, reasons, advice };
}

function licenceReason({ licence, installed }: Look): string {
  const named = installed?.licence || licence;
  const file = installed?.licenceFile ?? '';
  const text = file === '' ? 'it has no licence file' : `its licence file begins "${quote(file)}"`;
  return named === '' ? `it names no licence, and ${text}` : `its licence is ${quote(named)}`;
}

function quote(text: string): string {
  const line = text.replace(/["`\s]+/g, ' ').trim();
  return line.length > MAX_QUOTE_CHARS ? `${line.slice(0, MAX_QUOTE_CHARS)}…` : line;
}
