import assert from 'node:assert/strict';
import type { ChatMessage } from '../../src/simulator/chat-request.ts';
import type { ModelReply } from '../../src/simulator/model-answer.ts';
import { ruleReply } from '../../src/simulator/rule-model.ts';

const task = 'Write your plan to plans/today.md please.';
const goal: ChatMessage = { role: 'user', content: task };

function reply(messages: ChatMessage[], offered: string[]): ModelReply {
  const tools = offered.map((name) => ({ type: 'function', function: { name } }));
  return ruleReply({ model: 'any', messages, tools });
}

/** The assistant's message for a reply, and a result for each of its calls. */
function turn(given: ModelReply, result: unknown = { ok: true, result: {} }): ChatMessage[] {
  const calls = (given.toolCalls ?? []).map((call, index) => ({
    id: `c${index}`,
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  const results = calls.map(({ id }) => ({
    role: 'tool',
    tool_call_id: id,
    content: JSON.stringify(result),
  }));
  return [{ role: 'assistant', content: given.text ?? '', tool_calls: calls }, ...results];
}

/** Plays until the model ends; returns the names of the calls. */
function play(messages: ChatMessage[], offered: string[], result?: unknown): string[] {
  const names: string[] = [];
  const conversation = [...messages];
  for (let turns = 0; turns < 20; turns += 1) {
    const given = reply(conversation, offered);
    const called = (given.toolCalls ?? []).map(({ name }) => name);
    names.push(...called);
    if (called.length === 0) return names;
    conversation.push(...turn(given, result));
  }
  throw new Error('did not end');
}

describe('the rules for any other agent', () => {
  it('note the goal, write it to the file that it names, and finish', () => {
    assert.deepEqual(play([goal], ['note', 'write_file', 'finish']), ['note', 'write_file', 'finish']);
    const noted = turn(reply([goal], ['note', 'write_file']));
    const next = reply([goal, ...noted], ['note', 'write_file']);
    assert.deepEqual(next.toolCalls?.[0]?.arguments, {
      path: 'plans/today.md',
      content: `${task}\n`,
    });
  });

  it('only answer, and say what they are, when there are no tools', () => {
    const given = reply([goal], []);
    assert.equal(given.toolCalls, undefined);
    assert.match(given.text ?? '', /no language model.*no tools here.*Write your plan/s);
  });

  it('carry out the calls that the task spells out, once each and in order', () => {
    const content =
      'Do this:\ncall note {"text":"a"}\ncall sleep_until {"after":"1s"}\ncall note {"text":"a"}';
    const names = play([{ role: 'user', content }], ['note', 'sleep_until', 'finish', 'write_file']);
    assert.deepEqual(names, ['note', 'sleep_until', 'note', 'finish']);
  });

  it('end too when every call fails', () => {
    const failed = { ok: false, error: { type: 'Invalid', message: 'No.' } };
    assert.deepEqual(play([goal], ['note', 'write_file', 'finish'], failed), [
      'note',
      'write_file',
      'finish',
    ]);
  });

  it('take up a message that comes after the answer as a new task', () => {
    const answered = [
      goal,
      { role: 'assistant', content: 'Done.' },
      { role: 'user', content: 'And now this.' },
    ];
    const given = reply(answered, ['note']);
    assert.deepEqual(given.toolCalls?.[0]?.arguments, { text: 'And now this.' });
  });

  it('read arguments, results and contents of any shape', () => {
    const odd: ChatMessage[] = [
      { role: 'system', content: [{ type: 'text', text: 'Instructions.' }] },
      goal,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'x', function: { name: 'note', arguments: '{broken' } }],
      },
      { role: 'tool', tool_call_id: 'x', content: 'plain words' },
    ];
    assert.equal(reply(odd, ['note', 'finish']).toolCalls?.[0]?.name, 'finish');
  });
});
