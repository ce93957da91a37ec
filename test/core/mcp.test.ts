import assert from 'node:assert/strict';
import type { Definition } from '../../src/contracts/definition.ts';
import type { McpEffect } from '../../src/contracts/mcp.ts';
import { commandsOf } from '../../src/core/commands.ts';
import { parseDefinitionFile } from '../../src/core/definition-file.ts';
import { interruptionsOf } from '../../src/core/interruptions.ts';
import { call, definitionOf, HOUR_MS, manifests, TestAgent } from '../support/agent-builder.ts';

const connection = { command: 'crm-server', args: [], env: ['CRM_TOKEN'] };
const source = { server: 'crm', tool: 'Find', descriptionHash: 'd', schemaHash: 's' };

function parse(frontMatter: string) {
  const parsed = parseDefinitionFile(`---\nname: clerk\nmodel: m\n${frontMatter}\n---\nDo.\n`, 'clerk.md');
  return parsed.ok
    ? parsed.definition
    : parsed.problems.map(({ field, line, message }) => `${field}:${line} ${message}`);
}

describe('the MCP part of a definition', () => {
  it('tells servers and their tools from all others', () => {
    const definition = parse(
      [
        'mcp:',
        '  files: { command: npx, args: ["-y", "some-server"], env: [TOKEN] }',
        '  crm: { url: "https://crm.example/mcp", headers: { Authorization: "Bearer $CRM_TOKEN" } }',
        'tools:',
        '  read_file: auto',
        '  files__read: { effect: pure, mode: auto }',
        '  files__write: { timeout: 5m }',
        '  files__move: deny',
        '  crm__find: { tool: Find, effect: idempotent, rules: [{ when: "args.x == 1", mode: auto }, { mode: suggest }] }',
      ].join('\n'),
    );
    assert.ok(!Array.isArray(definition));
    assert.deepEqual(definition.tools, {
      ...{
        read_file: [{ mode: 'auto' }],
        files__read: [{ mode: 'auto' }],
        files__write: [{ mode: 'approve' }],
      },
      ...{
        files__move: [{ mode: 'deny' }],
        crm__find: [{ when: 'args.x == 1', mode: 'auto' }, { mode: 'suggest' }],
      },
    });
    assert.deepEqual(definition.mcp, {
      servers: {
        files: { command: 'npx', args: ['-y', 'some-server'], env: ['TOKEN'] },
        crm: { url: 'https://crm.example/mcp', headers: { Authorization: 'Bearer $CRM_TOKEN' } },
      },
      tools: {
        files__read: { server: 'files', effect: 'pure', timeoutMs: 60_000 },
        files__write: { server: 'files', effect: 'once', timeoutMs: 300_000 },
        files__move: { server: 'files', effect: 'once', timeoutMs: 60_000 },
        crm__find: { server: 'crm', tool: 'Find', effect: 'idempotent', timeoutMs: 60_000 },
      },
    });
  });

  const mistakes: [text: string, problem: RegExp][] = [
    ['tools: { read_file: { when: "args.x" } }', /^tools\.read_file\.mode:4 /],
    [
      'tools: { read_file: { effect: pure } }',
      /^tools\.read_file:4 "read_file" is no tool of an MCP server .*there is no mcp/,
    ],
    [
      'mcp: { a: { command: x } }\ntools: { b__c: { effect: pure } }',
      /^tools\.b__c:5 .*the servers of mcp are a\)/,
    ],
    ['mcp: { a: { command: x } }\ntools: { a__c: { effect: reconcilable } }', /^tools\.a__c\.effect:5 /],
    ['mcp: { a: { command: x } }\ntools: { a__c: { timeout: 2s } }', /^tools\.a__c\.timeout:5 at least 10s/],
    [
      'mcp: { a: { command: x } }\ntools: { a__c: { mode: auto, rules: [{ mode: auto }] } }',
      /^tools\.a__c\.rules:5 /,
    ],
    ['mcp: { a_b: { command: x } }', /^mcp\.a_b:4 /],
    ['mcp: { a: { url: "ftp://x" } }', /^mcp\.a\.url:4 a URL like/],
    ['mcp: { a: { url: "https://user:word@x/" } }', /^mcp\.a\.url:4 a URL like/],
    [
      'mcp: { a: { command: x, env: ["NAME=value"] } }',
      /^mcp\.a\.env\.0:4 the name of an environment variable/,
    ],
    ['mcp: { a: { url: "https://x", headers: { A: "1\\r\\nB: 2" } } }', /^mcp\.a\.headers\.A:4 one line/],
  ];
  for (const [text, problem] of mistakes) {
    it(`names the mistake in ${text.replaceAll('\n', '; ')}`, () => {
      const problems = parse(text);
      assert.ok(Array.isArray(problems));
      assert.match(problems[0] ?? '', problem);
    });
  }
});

function agent(effect: McpEffect, more: Definition['tools'] = {}): TestAgent {
  const definition = {
    mcp: { servers: { crm: connection }, tools: { crm__find: { server: 'crm', effect, timeoutMs: 60_000 } } },
  };
  const tools = { crm__find: [{ mode: 'auto' as const }], ...more };
  const inputSchema = { type: 'object' };
  const manifest = {
    name: 'crm__find',
    description: '',
    effect,
    timeoutMs: 60_000,
    hasAssess: false,
    inputSchema,
  };
  const loaded = {
    definition: definitionOf({ definition, tools }),
    manifests: [...manifests, { ...manifest, mcp: source }],
  };
  return new TestAgent().happen({ type: 'definition-loaded', loaded });
}

describe('calls of MCP tools', () => {
  it('say where the tool is to be found; other calls do not', () => {
    const { state } = agent('once').asks(call('crm__find', { a: 1 }), call('store', { what: 'x' }));
    const invocations = commandsOf(state).flatMap((command) =>
      command.type === 'run-tool' ? [command.invocation] : [],
    );
    assert.deepEqual(
      invocations.map(({ mcp }) => mcp),
      [{ ...source, effect: 'once', connection }, undefined],
    );
    assert.ok(invocations.every((invocation) => 'mcp' in invocation === (invocation.tool === 'crm__find')));
  });

  it('say so as well where the tool is watched', () => {
    const watched = { tool: 'crm__find', args: { a: 1 }, condition: 'result.open == 0', every: '1h' };
    const { state } = agent('pure', { watch: [{ mode: 'auto' }] }).asks(call('watch', watched));
    const [command] = commandsOf(state);
    assert.ok(command?.type === 'check-condition');
    const { tool, args, mcp } = command.invocation;
    assert.deepEqual(
      { tool, args, mcp },
      { tool: 'crm__find', args: { a: 1 }, mcp: { ...source, effect: 'pure', connection } },
    );
  });

  for (const effect of ['pure', 'idempotent', 'once'] as const) {
    it(`wait for a server that is down, also if they are ${effect}`, () => {
      const waiting = agent(effect).asks(call('crm__find')).loses(0, 'ToolUnavailable');
      assert.equal(interruptionsOf(waiting.state)[0]?.kind, 'tool_outage');
      waiting.wait(HOUR_MS);
      assert.equal(commandsOf(waiting.state)[0]?.type, 'run-tool');
    });
  }

  it('are put to a person if they may have been carried out', () => {
    const lost = agent('once').asks(call('crm__find')).loses(0, 'ToolBroken');
    assert.equal(interruptionsOf(lost.state)[0]?.kind, 'unknown_outcome');
  });
});

describe('an agent whose server is down when it starts', () => {
  const problem = {
    type: 'ToolUnavailable',
    message: "the MCP server crm can't be reached",
    retryAfterMs: 0,
  };
  const parked = () => new TestAgent().happen({ type: 'definition-failed', problem });

  it('waits as tool_outage, and tries again by itself or when told to', () => {
    const [interruption] = interruptionsOf(parked().state);
    assert.equal(interruption?.kind, 'tool_outage');
    assert.match(interruption.summary, /crm can't be reached/);
    const resumed = parked();
    resumed.send('resume', { by: 'ann' });
    for (const going of [parked().wait(HOUR_MS), resumed])
      assert.deepEqual(
        commandsOf(going.state).map(({ type }) => type),
        ['load-definition'],
      );
  });

  it('fails after a week', () => {
    const late = parked()
      .wait(8 * 24 * HOUR_MS)
      .happen({ type: 'definition-failed', problem });
    assert.deepEqual(late.state.outcome?.status, 'failed');
  });
});
