import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDefinitionFile } from '../../../src/core/definition-file.ts';
import { decidePolicy } from '../../../src/core/policy.ts';
import type { ToolContext } from '../../../src/tools/define-tool.ts';
import { examineInvoice } from '../../../src/tools/invoice/examine.ts';
import { buildUbl } from '../../support/ubl.ts';
import { assess, desk, invoice, put, removeTemporaryFolders } from '../support.ts';

const megabyte = 1024 * 1024;
const definitionFile = join(import.meta.dirname, '../../../agents/invoice-desk.md');

/** An invoice that takes long to parse, and has to be parsed to know its number. */
function slow(number: string): string {
  const notes = `<!-- x -->${'<cbc:Note>x</cbc:Note>'.repeat(10_000)}`;
  const text = buildUbl(invoice({ number }));
  return text.replace('<cbc:DocumentCurrencyCode', `${notes}<cbc:DocumentCurrencyCode`);
}

function cpuMs(since?: NodeJS.CpuUsage): number {
  return process.cpuUsage(since).user / 1_000;
}

async function codesOf(path: string, context: ToolContext): Promise<string[]> {
  return (await examineInvoice(path, context)).findings.map(({ code }) => code);
}

describe('looking for duplicates in a folder of hostile files', () => {
  afterEach(removeTemporaryFolders);

  it('lets other work have its turn, and parses each of them once', async () => {
    const { context } = desk({
      ...{ 'a.xml': slow('N-7'), 'b.xml': slow('N-8'), 'c.xml': slow('N-1'), 'd.xml': invoice() },
    });
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const start = process.cpuUsage();
    assert.deepEqual(await codesOf('in/d.xml', context), ['duplicate']);
    const first = cpuMs(start);
    clearInterval(timer);
    assert.ok(turns >= 3, `others had ${turns} turns`);
    const again = process.cpuUsage();
    assert.deepEqual(await codesOf('in/d.xml', context), ['duplicate']);
    assert.ok(cpuMs(again) < first / 3, `${cpuMs(again)} ms after ${first} ms`);
  });

  it('takes a file that was replaced for what it is now', async () => {
    const odd = (number: string) => buildUbl(invoice({ number })).replace('<cbc:ID>', '<cbc:ID><!-- -->');
    const { context, folder } = desk({ 'a.xml': odd('N-2'), 'b.xml': invoice() });
    assert.deepEqual(await codesOf('in/b.xml', context), []);
    put(folder, 'in/a.xml', odd('N-1'));
    assert.deepEqual(await codesOf('in/b.xml', context), ['duplicate']);
    put(folder, 'in/a.xml', odd('N-2'));
    assert.deepEqual(await codesOf('in/b.xml', context), []);
  });

  it('says that it did not look at all of them, time and again, and then a person is asked', async () => {
    const odd = `<!--${'x'.repeat(4 * megabyte)}-->`;
    const files = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.xml`, odd]));
    const { context, folder } = desk({ ...files, 'x.xml': invoice() });
    for (let check = 0; check < 3; check += 1) {
      assert.deepEqual(await codesOf('in/x.xml', context), ['duplicates_unchecked']);
    }
    const facts = await assess('pay_invoice', { invoice: 'in/x.xml' }, context);
    const parsed = parseDefinitionFile(readFileSync(definitionFile, 'utf8'), 'invoice-desk.md');
    assert.ok(parsed.ok);
    const named = { ...facts, invoice: 'invoices/x.xml' };
    const verdict = decidePolicy(parsed.definition.tools['pay_invoice'], {
      ...{ facts: named, args: {}, agent: {}, labels: {} },
    });
    assert.equal(verdict.mode, 'approve');

    put(folder, 'in/0.xml', buildUbl(invoice()));
    assert.deepEqual(await codesOf('in/x.xml', context), ['duplicate', 'duplicates_unchecked']);
  });

  it('looks at all of them when they are large, but plain', async () => {
    const plain = 'x'.repeat(4 * megabyte);
    const files = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [`${name}.xml`, plain]));
    const { context } = desk({ ...files, 'x.xml': invoice() });
    assert.deepEqual(await codesOf('in/x.xml', context), []);
  });

  it('stops when the call is given up', async () => {
    const { context } = desk({ 'a.xml': slow('N-9'), 'b.xml': invoice() });
    const signal = AbortSignal.abort(new Error('given up'));
    await assert.rejects(examineInvoice('in/b.xml', { ...context, signal }), /given up/u);
  });
});
