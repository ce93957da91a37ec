import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLedger } from '../../temporal/demo-ledger.ts';

describe('the ledger of a demo', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'perdure-ledger-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  const ledgerFile = (): string => join(dataDir, 'ledger.sqlite');
  const content = (): string | undefined =>
    existsSync(ledgerFile()) ? readFileSync(ledgerFile(), 'utf8') : undefined;

  /** A run of the demo: what the agent finds, then what it leaves. */
  function run(id: string, { resumed, newest, pays }: { resumed: boolean; newest?: string; pays?: string }) {
    takeLedger({ dataDir, ledgerFile: ledgerFile() }, { id, resumed }, newest);
    const found = content();
    if (pays !== undefined) writeFileSync(ledgerFile(), pays);
    return found;
  }

  it('is empty for a new agent, and an interrupted one finds its own again after another was run', () => {
    assert.equal(run('a', { resumed: false, pays: 'of a' }), undefined);
    assert.equal(run('b', { resumed: false, newest: 'a', pays: 'of b' }), undefined);
    assert.equal(run('a', { resumed: true, newest: 'b', pays: 'more of a' }), 'of a');
    assert.equal(run('b', { resumed: true, newest: 'b' }), 'of b');
    assert.equal(run('a', { resumed: true, newest: 'b' }), 'more of a');
  });

  it('is not that of another agent for one that had paid nothing yet', () => {
    run('a', { resumed: false });
    run('b', { resumed: false, newest: 'a', pays: 'of b' });
    assert.equal(run('a', { resumed: true, newest: 'b' }), undefined);
    assert.equal(readFileSync(join(dataDir, 'previous', 'b', 'ledger.sqlite'), 'utf8'), 'of b');
  });

  it('that nobody wrote a name to is that of the agent that goes on, or of the newest', () => {
    writeFileSync(ledgerFile(), 'of a');
    assert.equal(run('a', { resumed: true, newest: 'a' }), 'of a');
    rmSync(join(dataDir, 'ledger-agent'));
    assert.equal(run('b', { resumed: false, newest: 'a' }), undefined);
    assert.equal(run('a', { resumed: true, newest: 'b' }), 'of a');
  });
});
