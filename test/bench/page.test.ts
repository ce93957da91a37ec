import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textOf, writePage } from '../../bench/page.ts';
import { type Outcome, type Section, Targets } from '../../bench/section.ts';
import { median, percentile } from '../../bench/statistics.ts';

const section = (name: string): Section => ({
  ...{ name, title: `About ${name}`, about: `How ${name} is measured.` },
  measure: () => Promise.reject(new Error('not asked for here')),
});
const outcome = (figure: string): Outcome => ({
  tables: [{ headings: ['what', 'ms'], rows: [['a turn', figure]] }],
  missed: 0,
});

describe('the benchmark page', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'perdure-page-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('replaces the sections that were measured and keeps the others', async () => {
    const file = join(folder, 'page.md');
    const [turns, waiting] = [section('turns'), section('waiting')];
    const write = (outcomes: [Section, Outcome][]) =>
      writePage(file, [turns, waiting], new Map(outcomes), ({ name }) => `measure ${name}`);
    await write([[waiting, outcome('11.1')]]);
    await write([[turns, outcome('22.2')]]);
    await write([[turns, outcome('33.3')]]);
    const text = readFileSync(file, 'utf8');
    assert.deepEqual(text.match(/^## .+$/gm), ['## About turns', '## About waiting']);
    assert.deepEqual(text.match(/(?<=\| +)\d\d\.\d/g), ['33.3', '11.1']);
    assert.match(text, /`measure turns` on \d+ cores/);
  });

  it('has the columns of a terminal under their headings', () => {
    const text = textOf({ headings: ['what', 'ms'], rows: [['a turn', '1234.5']] });
    assert.equal(text, 'what        ms\na turn  1234.5');
  });
});

describe('benchmark statistics', () => {
  it('has medians and percentiles between the values where the rank falls between them', () => {
    assert.equal(median([4, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(percentile([0, 10], 95), 9.5);
    assert.equal(percentile([7], 99), 7);
  });

  it('counts the targets that were missed', () => {
    const targets = new Targets();
    assert.deepEqual(targets.judge('<= 1', true), ['<= 1', 'met']);
    assert.deepEqual(targets.judge('<= 1', false), ['<= 1', 'MISSED']);
    assert.equal(targets.missed, 1);
  });
});
