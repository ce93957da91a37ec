import type { ChatRequest } from '../../src/simulator/chat-request.ts';
import { ruleReply } from '../../src/simulator/rule-model.ts';

export interface PaperFinding {
  package: string;
  version: string;
  code: string;
  detail: string;
  message: string;
}

export interface PaperRepository {
  findings: PaperFinding[];
  changes?: { name: string; change: string; versions: string[]; before: string[] }[];
  /** What a person answers about a package; `accept` if not said, `null`: nobody answers. */
  answers?: Record<string, string | null>;
  /** Kept from run to run. */
  memories: { text: string; label: string }[];
  /** Errors that a tool answers with. */
  errors?: Record<string, { type: string; message: string }>;
  instructions: string;
  without?: string[];
}

export interface PaperWatch {
  calls: { name: string; args: Record<string, unknown> }[];
  report: string;
  result: Record<string, unknown> | undefined;
}

const TOOLS = [
  ...['list_packages', 'check_packages', 'read_package', 'recall', 'remember', 'delegate'],
  ...['propose_change', 'write_file', 'record_packages', 'ask_human', 'finish'],
];
const PAGE = 7;

/** Plays the product for the rules: one run of the warden against a repository on paper. */
export function runWarden(world: PaperRepository): PaperWatch {
  const done: PaperWatch = { calls: [], report: '', result: undefined };
  const tools = TOOLS.filter((name) => !(world.without ?? []).includes(name));
  const messages: ChatRequest['messages'] = [
    { role: 'system', content: world.instructions },
    { role: 'user', content: 'Look after the dependencies.' },
  ];
  for (let turn = 0; turn < 100 && done.result === undefined; turn += 1) {
    const reply = ruleReply({
      model: 'any',
      messages,
      tools: tools.map((name) => ({ type: 'function', function: { name } })),
    });
    const calls = (reply.toolCalls ?? []).map(({ name, arguments: args }, index) => ({
      ...{ id: `call_${turn}_${index}`, name },
      args: args as Record<string, unknown>,
    }));
    if (calls.length === 0) break;
    messages.push({
      role: 'assistant',
      content: reply.text ?? '',
      tool_calls: calls.map(({ id, name, args }) => ({
        id,
        function: { name, arguments: JSON.stringify(args) },
      })),
    });
    for (const { id, name, args } of calls) {
      if (!tools.includes(name)) throw new Error(`${name} was not offered`);
      done.calls.push({ name, args });
      const error = world.errors?.[name];
      const content = JSON.stringify(error ? { ok: false, error } : answer(world, done, name, args));
      messages.push({ role: 'tool', tool_call_id: id, content });
    }
  }
  return done;
}

function answer(
  world: PaperRepository,
  done: PaperWatch,
  name: string,
  args: Record<string, unknown>,
): unknown {
  const ok = (result: unknown): unknown => ({ ok: true, result });
  const said = (about: string): string | null => {
    const given = world.answers?.[about];
    return given === undefined ? 'accept' : given;
  };
  const expired = { ok: false, error: { type: 'Expired', message: 'nobody answered in time' } };
  switch (name) {
    case 'list_packages':
      return ok({
        fingerprint: 'f1',
        total: 9,
        first: world.changes === undefined,
        packages: world.changes ?? [],
      });
    case 'check_packages': {
      const offset = Number(args['offset'] ?? 0);
      const next = offset + PAGE < world.findings.length ? { nextOffset: offset + PAGE } : {};
      return ok({ findings: world.findings.slice(offset, offset + PAGE), ...next });
    }
    case 'recall': {
      const found = world.memories.filter(({ label }) => label === args['label']).toReversed();
      return ok({
        memories: found.map(({ text }) => ({ text, agent: 'earlier-agent', at: '2030-01-01' })),
      });
    }
    case 'remember':
      world.memories.push({ text: String(args['text']), label: String(args['label']) });
      return ok({ id: 'm' });
    case 'delegate':
      return ok({
        agent: 'x',
        status: 'completed',
        result: { risk: 'medium', reasons: ['why'], advice: 'do' },
      });
    case 'ask_human': {
      const about = JSON.parse(
        /^Package ("(?:[^"\\]|\\.)*")/.exec(String(args['question']))?.[1] ?? '""',
      ) as string;
      const word = said(about);
      return word === null ? expired : ok({ answer: word, by: 'ann' });
    }
    case 'propose_change': {
      const word = said(String(args['package']));
      return word === null ? expired : ok({ doneBy: 'bob', report: 'it is done' });
    }
    case 'write_file':
      done.report = String(args['content']);
      return ok({});
    case 'finish':
      done.result = args['result'] as Record<string, unknown>;
      return ok({});
    default:
      return ok({});
  }
}
