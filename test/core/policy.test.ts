import assert from 'node:assert/strict';
import type { PolicyMode, PolicyRule } from '../../src/contracts/definition.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import { decidePolicy } from '../../src/core/policy.ts';

const modes: readonly PolicyMode[] = ['auto', 'approve', 'suggest', 'deny'];

function verdict(rules: readonly PolicyRule[] | undefined, facts: JsonObject = {}, args: JsonObject = {}) {
  return decidePolicy(rules, {
    ...{ facts, args, agent: { id: 'a1', requester: 'ann', turn: 3 }, labels: { team: 'books' } },
  });
}

describe('policy', () => {
  it('denies a tool that is not listed, and one whose rules do not apply', () => {
    assert.equal(verdict(undefined).mode, 'deny');
    assert.equal(verdict(undefined).place, undefined);
    assert.equal(verdict([]).mode, 'deny');
    assert.equal(verdict([{ when: 'false', mode: 'auto' }]).mode, 'deny');
  });

  it('takes the first rule that applies', () => {
    const rules: PolicyRule[] = [
      { when: 'facts.changed', mode: 'suggest' },
      { when: 'facts.amount > 1000', mode: 'approve' },
      { when: 'facts.amount > 100', mode: 'deny' },
      { mode: 'auto' },
    ];
    const table: [JsonObject, PolicyMode][] = [
      [{ changed: true, amount: 5_000 }, 'suggest'],
      [{ changed: false, amount: 1_000.01 }, 'approve'],
      [{ changed: false, amount: 1_000 }, 'deny'],
      [{ changed: false, amount: 100 }, 'auto'],
    ];
    for (const [facts, mode] of table) assert.equal(verdict(rules, facts).mode, mode, JSON.stringify(facts));
  });

  it('names the condition that held', () => {
    assert.equal(
      verdict([{ when: 'facts.amount > 1.5', mode: 'approve' }], { amount: 2 }).reason,
      'facts.amount > 1.5',
    );
  });

  const unevaluable: [string, string, JsonObject, RegExp][] = [
    ['a fact is missing', 'facts.amount > 1000.0', {}, /amount/],
    ['the value is not true or false', 'facts.amount', { amount: 1 }, /not true or false/],
    ['the value is null', 'facts.changed', { changed: null }, /null/],
    ['a text stands for true', 'facts.changed', { changed: 'true' }, /string/],
    ['a fact is of another kind', 'facts.amount > 1000.0', { amount: '5' }, /overload/],
    ['the function does not exist', 'now() > 1', {}, /now/],
    ['the regular expression is broken', 'facts.text.matches("(")', { text: 'x' }, /regular expression/],
    ['it is not CEL', 'facts.amount >', { amount: 1 }, /./],
    ['it reaches for what objects inherit', 'facts.constructor == 1', {}, /constructor/],
    ['it reaches for a variable that is not there', 'process.exit == 1', {}, /process/],
  ];
  for (const [what, when, facts, problem] of unevaluable) {
    it(`never gives leave when ${what}`, () => {
      for (const mode of modes) {
        const found = verdict([{ when, mode }], facts);
        assert.equal(found.mode, mode === 'auto' ? 'deny' : mode);
        if (mode !== 'auto') assert.match(found.reason, problem);
      }
    });
  }

  it('goes on to the next rule after an `auto` that could not be evaluated', () => {
    const rules: PolicyRule[] = [{ when: 'facts.small', mode: 'auto' }, { mode: 'approve' }];
    assert.equal(verdict(rules).mode, 'approve');
  });

  const conditions: [string, JsonObject, JsonObject, boolean][] = [
    ['args.path.matches("^reports/[a-z]+\\\\.md$")', {}, { path: 'reports/june.md' }, true],
    ['args.path.matches("^reports/[a-z]+\\\\.md$")', {}, { path: 'ledger.db' }, false],
    ['args.path.startsWith("reports/")', {}, { path: 'reports/x' }, true],
    ['has(facts.amount) && facts.amount > 5.0', {}, {}, false],
    ['labels.team == "books" && agent.requester == "ann"', {}, {}, true],
    ['facts.codes.exists(code, code == "late")', { codes: ['late'] }, {}, true],
    ['facts.amount == 5', { amount: 5 }, {}, true],
    ['args.kind in ["a", "b"]', {}, { kind: 'c' }, false],
  ];
  for (const [when, facts, args, expected] of conditions) {
    it(`${when} is ${expected} for ${JSON.stringify({ facts, args })}`, () => {
      assert.equal(verdict([{ when, mode: 'auto' }], facts, args).mode, expected ? 'auto' : 'deny');
    });
  }
});
