import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Definition } from '../../src/contracts/definition.ts';
import { type DefinitionProblem, parseDefinitionFile } from '../../src/core/definition-file.ts';

function file(frontMatter: string, body = 'Do it.\n'): string {
  return `---\n${frontMatter}\n---\n${body}`;
}

function problemsOf(text: string): DefinitionProblem[] {
  const parsed = parseDefinitionFile(text, 'clerk.md');
  assert.ok(!parsed.ok, 'the definition has a mistake');
  for (const { line, message } of parsed.problems) {
    assert.ok(line >= 1 && line <= text.split('\n').length, `line ${line} is in the file`);
    assert.doesNotMatch(message, /^Invalid input$/);
  }
  return parsed.problems;
}

/** Field and line of each mistake in the front matter, which begins at line 2. */
function fieldsOf(frontMatter: string): string[] {
  return problemsOf(file(frontMatter)).map(({ field, line }) => `${field}:${line}`);
}

function definitionIn(text: string): Definition {
  const parsed = parseDefinitionFile(text, 'clerk.md');
  if (!parsed.ok) assert.fail(JSON.stringify(parsed.problems));
  return Definition.parse(parsed.definition);
}

const head = 'name: clerk\nmodel: m';

describe('definition files', () => {
  it('reads what is written and fills in the rest', () => {
    const text = file(
      `${head}\nlifetime: persistent\nbudget: { turns: 5, deadline: 2d }\ntools:\n  look: auto\n  pay: { when: "facts.x", mode: approve }\n  finish:\n    - { when: "facts.y", mode: deny }\n    - { mode: auto }`,
    );
    const { hash, ...definition } = definitionIn(text);
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.deepEqual(definition, {
      ...{ name: 'clerk', description: '', models: ['m'], lifetime: 'persistent', checkpoints: 'batched' },
      ...{ budget: { turns: 5, deadline: '2d' }, contextWindow: 128_000, instructions: 'Do it.' },
      tools: {
        look: [{ mode: 'auto' }],
        pay: [{ when: 'facts.x', mode: 'approve' }],
        finish: [{ when: 'facts.y', mode: 'deny' }, { mode: 'auto' }],
      },
    });
  });

  it('has another hash for any other text', () => {
    assert.notEqual(definitionIn(file(head)).hash, definitionIn(file(head, 'Do it!\n')).hash);
  });

  it('has what starts and wakes agents beside the definition, which knows nothing of it', () => {
    const text = file(`${head}\nschedule: { cron: "0 7 * * 1-5", timeZone: Europe/Berlin, input: Go. }`);
    const parsed = parseDefinitionFile(text, 'clerk.md');
    if (!parsed.ok) assert.fail(JSON.stringify(parsed.problems));
    assert.ok(!('schedule' in parsed.definition));
    assert.deepEqual(parsed.triggers.schedule, {
      ...{ cron: ['0 7 * * 1-5'], timeZone: 'Europe/Berlin', input: 'Go.' },
      ...{ overlap: 'skip', catchUp: '1d', pauseOnFailure: false },
    });
  });

  it('keeps the fallback models in order', () => {
    assert.deepEqual(definitionIn(file('name: clerk\nmodel: [b, a, c]')).models, ['b', 'a', 'c']);
  });

  it('names mistakes beyond the form although the form is wrong as well', () => {
    const front = `name: other\nmodel: m\nbudget: { turns: -1 }\ntools:\n  pay: { when: "facts. >", mode: deny }\n  buy:\n    - { when: "facts.x", mode: deny }\n    - { when: "1 +", mode: maybe }`;
    const fields = problemsOf(file(front, ' \n')).map(({ field, line }) => `${field}:${line}`);
    assert.deepEqual(fields.toSorted(), [
      ...['budget.turns:4', 'instructions:1', 'name:2', 'tools.buy.1.mode:9'],
      ...['tools.buy.1.when:9', 'tools.pay.when:6'],
    ]);
    assert.deepEqual(fieldsOf('model: m\ntools: { pay: maybe }').toSorted(), ['name:2', 'tools.pay:3']);
  });

  const mistakes: [string, string, string[]][] = [
    [
      'a secret itself',
      `${head}\nhooks:\n  orders:\n    event: e\n    agent: a1\n    secret: whsec_abc`,
      ['hooks.orders.secret:8'],
    ],
    [
      'a hook without an agent',
      `${head}\nhooks: { orders: { event: e, secret: $X } }`,
      ['hooks.orders.agent:4'],
    ],
    ['a hook with a path', `${head}\nhooks: { ../x: { event: e, agent: a1, secret: $X } }`, ['hooks.../x:4']],
    ['a schedule without a time', `${head}\nschedule: { input: Go. }`, ['schedule:4']],
    ['a wrong cron', `${head}\nschedule:\n  timeZone: UTC\n  cron: "0 25 * * *"`, ['schedule.cron:6']],
    [
      'one wrong cron of two',
      `${head}\nschedule:\n  cron:\n    - "@daily"\n    - "x"`,
      ['schedule.cron.1:7'],
    ],
    ['half a second', `${head}\nschedule: { every: 0.5s }`, ['schedule.every:4']],
    ['no such zone', `${head}\nschedule: { every: 1h, timeZone: Mars }`, ['schedule.timeZone:4']],
    ['a text for nobody', `${head}\nschedule: { every: 1h, text: Hello }`, ['schedule:4']],
    ['nothing to say', `${head}\nschedule: { every: 1h, agent: a1 }`, ['schedule.agent:4']],
    ['an offset of nothing', `${head}\nschedule: { cron: "@daily", offset: 1m }`, ['schedule.offset:4']],
    ['a bad mode', `${head}\ntools:\n  pay: maybe`, ['tools.pay:5']],
    [
      'a bad mode in a rule',
      `${head}\ntools:\n  pay:\n    - { mode: auto }\n    - { mode: maybe }`,
      ['tools.pay.1.mode:7'],
    ],
    [
      'a bad mode in a single rule',
      `${head}\ntools:\n  pay:\n    when: "facts.x"\n    mode: maybe`,
      ['tools.pay.mode:7'],
    ],
    [
      'an unknown field in a rule',
      `${head}\ntools:\n  pay:\n    - { mode: auto, wen: "x" }`,
      ['tools.pay.0.wen:6'],
    ],
    [
      'a bad deadline',
      `${head}\ntools:\n  pay:\n    - mode: approve\n      deadline:\n        after: soon\n        outcome: reject`,
      ['tools.pay.0.deadline.after:8'],
    ],
    [
      'a deadline that approves',
      `${head}\ntools:\n  pay: [{ mode: approve, deadline: { after: 2d, outcome: approve } }]`,
      ['tools.pay.0.deadline.outcome:5'],
    ],
    ['no rule at all', `${head}\ntools:\n  pay: []`, ['tools.pay:5']],
    ['a number for a policy', `${head}\ntools:\n  pay: 5`, ['tools.pay:5']],
    ['a bad tool name', `${head}\ntools:\n  Pay it: auto`, ['tools.Pay it:5']],
    ['an unknown field', `${head}\nbudgets: {}`, ['budgets:4']],
    ['an unknown field in the budget', `${head}\nbudget:\n  turns: 1\n  tokns: 4`, ['budget.tokns:6']],
    ['two mistakes', 'name: clerk\nmodel: 5\nbudget: { turns: 0 }', ['model:3', 'budget.turns:4']],
    ['no model', 'name: clerk', ['model:2']],
    ['too many models', 'name: clerk\nmodel: [a, b, c, d, e, f]', ['model:3']],
    ['an empty model among others', 'name: clerk\nmodel:\n  - a\n  - ""', ['model.1:5']],
    ['another name than the file', 'name: other\nmodel: m', ['name:2']],
    [
      'a condition that is not CEL',
      `${head}\ntools:\n  pay:\n    - { when: "facts. >", mode: auto }`,
      ['tools.pay.0.when:6'],
    ],
    [
      'a condition that begins with ! and has no quotes',
      `${head}\ntools:\n  pay:\n    - when: !facts.known && facts.amount <= 1000.0\n      mode: auto`,
      ['front matter:6'],
    ],
    ['one between braces', `${head}\ntools: { pay: { when: !facts.known, mode: deny } }`, ['front matter:4']],
    ['a fraction of a turn', `${head}\nbudget: { turns: 1.5 }`, ['budget.turns:4']],
    ['a tiny window', `${head}\ncontextWindow: 100`, ['contextWindow:4']],
    ['a list for front matter', '- a\n- b', ['front matter:2']],
    ['broken YAML', 'name: [clerk\nmodel: m', ['front matter:3']],
    ['a field given twice', `${head}\nmodel: n`, ['front matter:4']],
  ];
  for (const [what, frontMatter, fields] of mistakes) {
    it(`names line and field of ${what}`, () => {
      assert.deepEqual(fieldsOf(frontMatter), fields);
    });
  }

  it('says which modes there are', () => {
    const [problem] = problemsOf(file(`${head}\ntools:\n  pay: [{ mode: maybe }]`));
    assert.match(problem?.message ?? '', /auto.*approve.*suggest.*deny/);
    const [short] = problemsOf(file(`${head}\ntools:\n  pay: maybe`));
    assert.match(short?.message ?? '', /auto.*approve.*suggest.*deny/);
  });

  it('needs instructions', () => {
    for (const body of ['', '\n', '  \n\t\n']) {
      assert.deepEqual(
        problemsOf(file(head, body)).map(({ field }) => field),
        ['instructions'],
      );
    }
    assert.equal(problemsOf(`---\n${head}\n---`)[0]?.field, 'instructions');
  });

  it('needs front matter', () => {
    for (const text of [
      '',
      'hello',
      `${head}\n---\nDo it.`,
      `---\n${head}\n`,
      `\n---\n${head}\n---\nDo it.`,
      '---',
    ]) {
      assert.equal(problemsOf(text)[0]?.field, 'front matter', JSON.stringify(text));
    }
  });

  it('reads files from any editor: CRLF, BOM, spaces behind the dashes', () => {
    const plain = file(`${head}\ntools:\n  look: auto`, 'Do it.\nWell.\n');
    for (const text of [plain.replaceAll('\n', '\r\n'), `\uFEFF${plain}`, plain.replaceAll('---', '---  ')]) {
      const definition = definitionIn(text);
      assert.deepEqual(definition.tools, { look: [{ mode: 'auto' }] });
      assert.match(definition.instructions, /^Do it\.\r?\nWell\.$/);
    }
  });

  it('counts the lines of CRLF files in the same way', () => {
    const text = file(`${head}\ntools:\n  pay: [{ mode: maybe }]`).replaceAll('\n', '\r\n');
    assert.equal(problemsOf(text)[0]?.line, 5);
  });

  it('keeps --- in the instructions', () => {
    assert.equal(definitionIn(file(head, 'Above.\n---\nBelow.')).instructions, 'Above.\n---\nBelow.');
  });

  it('refuses aliases, which could make a small file huge, and says so', () => {
    const bomb = Array.from({ length: 30 }, (_, n) => `b${n + 1}: &b${n + 1} [*b${n}, *b${n}]`).join('\n');
    for (const text of [file(`name: &x clerk\nmodel: *x`), file(`${head}\nb0: &b0 [x]\n${bomb}`)]) {
      assert.match(problemsOf(text)[0]?.message ?? '', /alias/);
    }
  });

  it('refuses a huge file and one nested without end', () => {
    assert.equal(problemsOf(file(head, 'x'.repeat(600_000)))[0]?.field, 'file');
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    assert.equal(problemsOf(file(`${head}\ntools: ${deep}`))[0]?.field, 'front matter');
  });

  it('is not fooled by names that objects inherit', () => {
    assert.deepEqual(Object.keys(definitionIn(file(`${head}\ntools:\n  __proto__: auto`)).tools), []);
    assert.deepEqual(Object.keys(definitionIn(file(`${head}\ntools:\n  constructor: deny`)).tools), [
      'constructor',
    ]);
  });
});

describe('definitions that have to do with others', () => {
  it('ship as examples that are right', () => {
    const folder = join(import.meta.dirname, '../../examples/crew/agents');
    const files = readdirSync(folder);
    assert.ok(files.length >= 4);
    for (const name of files) {
      const parsed = parseDefinitionFile(readFileSync(join(folder, name), 'utf8'), name);
      assert.ok(parsed.ok, name);
    }
  });

  const mistakes: Record<string, [text: string, fields: string[]]> = {
    'a crew without delegation': [`${head}\ncrew: { members: [a] }`, ['crew:4']],
    'a crew of itself': [
      `${head}\ntools: { delegate: auto }\ncrew: { members: [clerk] }`,
      ['crew.members:5'],
    ],
    'a crew of others than may be delegated to': [
      `${head}\ntools: { delegate: auto }\ndelegation: { agents: [a] }\ncrew: { members: [a, b] }`,
      ['crew.members:6'],
    ],
    'a crew of more than may be delegated to': [
      `${head}\ntools: { delegate: auto }\ndelegation: { children: 1 }\ncrew: { members: [a, b] }`,
      ['crew.members:6'],
    ],
    'coming after itself': [`${head}\nafter: [clerk]`, ['after:4']],
    'a condition in a grant that is none': [
      `${head}\ndelegation:\n  agents:\n    a: { tools: { look: { when: "==", mode: auto } } }`,
      ['delegation.agents.a.tools.look.0.when:6'],
    ],
    'more levels than there may be': [`${head}\ndelegation: { depth: 99 }`, ['delegation.depth:4']],
  };
  for (const [name, [text, fields]] of Object.entries(mistakes)) {
    it(`names ${name}`, () => {
      assert.deepEqual(fieldsOf(text), fields);
    });
  }
});
