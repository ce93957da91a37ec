import assert from 'node:assert/strict';
import {
  type AgentMessageName,
  agentMessages,
  DecisionKind,
  parseMessage,
} from '../../src/contracts/messages.ts';
import { searchAttributeTypes } from '../../src/contracts/search-attributes.ts';
import { AgentStart } from '../../src/contracts/start.ts';
import { AgentStatus } from '../../src/contracts/state.ts';
import { ApprovalView, Interruption, StatusDocument } from '../../src/contracts/status.ts';
import { codes, page, rows, section } from './pages.ts';

interface Shaped {
  readonly shape: Readonly<Record<string, { safeParse: (value: unknown) => { success: boolean } }>>;
}

/** `name` for a field that must be there, `name?` for one that need not. */
function fieldsOf({ shape }: Shaped): string[] {
  return Object.entries(shape).map(([name, field]) =>
    field.safeParse(undefined).success ? `${name}?` : name,
  );
}

describe('docs/messages.md', () => {
  const text = page('messages.md');

  it('has every message with its fields', () => {
    const written = rows(section(text, '## Payloads')).filter(([name]) =>
      Object.hasOwn(agentMessages, codes(name)[0] ?? ''),
    );
    const said = Object.fromEntries(
      written.map(([name, fields]) => [codes(name)[0] ?? '', codes(fields)] as const),
    );
    const real = Object.entries(agentMessages).map(([name, schema]) => [name, fieldsOf(schema)]);
    assert.deepEqual(said, Object.fromEntries(real));
  });

  it('has every decision', () => {
    const named = rows(section(text, '## Payloads')).flatMap(([name]) => codes(name));
    assert.deepEqual(named.slice(-DecisionKind.options.length), DecisionKind.options);
  });

  const lines = text.replaceAll('\\\n', ' ').split('\n');
  const sent = lines.flatMap((line) => {
    const match = /^temporal workflow (?:signal|update execute) .*--name (\w+) +--input '(.+)'$/.exec(line);
    return match ? [{ name: match[1] as AgentMessageName, input: match[2] ?? '' }] : [];
  });

  it('shows each message at least once', () => {
    assert.deepEqual(new Set(sent.map(({ name }) => name)), new Set(Object.keys(agentMessages)));
  });

  for (const { name, input } of sent) {
    it(`sends a ${name} that is accepted: ${input}`, () => {
      const parsed = parseMessage(name, JSON.parse(input));
      assert.equal(parsed.ok ? '' : parsed.reason, '');
    });
  }

  it('starts an agent with arguments that are accepted', () => {
    const input = /workflow start .*--input '(.+)'/.exec(lines.join('\n'))?.[1];
    assert.ok(AgentStart.safeParse(JSON.parse(input ?? '')).success);
  });

  it('describes every field of the status document', () => {
    const inside = (name: string, schema: Shaped): string[] =>
      fieldsOf(schema).map((field) => `${name}[].${field}`);
    const nested = [
      ...inside('interruptions', Interruption),
      ...inside('approvals', ApprovalView),
      ...inside('calls', StatusDocument.shape.calls.element),
    ];
    const described = rows(section(text, '## The status document')).map(([field]) => codes(field)[0] ?? '');
    assert.deepEqual(described.toSorted(), [...fieldsOf(StatusDocument), ...nested].toSorted());
    const statuses = rows(section(text, '## The status document')).find(([field]) => field === '`status`');
    assert.deepEqual(codes(statuses?.[1]), AgentStatus.options);
  });

  it('lists the search attributes with their types', () => {
    const listed = rows(section(text, '## Search attributes')).map(([name, type]) => [codes(name)[0], type]);
    assert.deepEqual(listed, Object.entries(searchAttributeTypes));
  });
});
