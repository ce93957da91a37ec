import assert from 'node:assert/strict';
import { writeAudit } from '../../src/client/cli/audit-text.ts';
import { chained, noLines } from '../../src/storage/audit-chain.ts';

const entry = (turn: number) => ({ version: 1, agent: 'a1', run: 'r1', turn, why: 'a "reason"\n' });
const runs = [[], [1, 2, 3], [], [4], []].map((turns) => ({ entries: turns.map(entry) }));
const { text: all, head: end } = chained([1, 2, 3, 4].map(entry), noLines);

async function* reading(some: typeof runs, asked: () => void) {
  for (const run of some) {
    asked();
    yield await Promise.resolve(run);
  }
}

/** What was written, before how many runs had been asked for. */
async function written(form: 'lines' | 'array', some = runs) {
  let asked = 0;
  const parts: { text: string; asked: number }[] = [];
  const head = await writeAudit(
    reading(some, () => (asked += 1)),
    form,
    (text) => {
      parts.push({ text, asked });
    },
  );
  return { text: parts.map(({ text }) => text).join(''), head, parts };
}

describe('an audit on the screen', () => {
  it('is a line each, or one JSON array of the same lines', async () => {
    assert.deepEqual((await written('lines')).text, all);
    const { text, head } = await written('array');
    assert.deepEqual(
      (JSON.parse(text) as unknown[]).map((line) => `${JSON.stringify(line)}\n`).join(''),
      all,
    );
    assert.deepEqual(head, end);
    assert.deepEqual(JSON.parse((await written('array', [])).text), []);
    assert.equal((await written('lines', [])).text, '');
  });

  it('is written as it is read', async () => {
    for (const form of ['lines', 'array'] as const) {
      const { parts } = await written(form);
      assert.equal(parts.find(({ text }) => text.includes('"seq":1,'))?.asked, 2, form);
    }
  });
});
