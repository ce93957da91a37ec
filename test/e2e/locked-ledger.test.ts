import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { openLedger } from '../../src/tools/ledger.ts';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { furnishDesk } from '../support/recorded-agents.ts';
import { Stage } from '../support/stage.ts';

describe('a ledger that another program has locked', () => {
  let models: ModelSwitch;
  let stage: Stage;

  before(async () => {
    const pay = calls(['pay_invoice', { invoice: 'invoices/a.xml' }]);
    models = await switchOfModels({ payer: { script: [pay, finish('paid')] } });
    stage = await Stage.create({ modelUrl: models.url });
    await furnishDesk(stage);
  });
  after(async () => {
    await stage.dispose();
    await models.close();
  });

  it('is tried again, then waited for in the open, and paid into once when it is free', async () => {
    openLedger(stage.ledgerFile).payments();
    const other = new DatabaseSync(stage.ledgerFile);
    other.exec('BEGIN IMMEDIATE');
    const start = { agent: 'invoice-desk', input: 'Pay.', model: 'payer' };
    const { agent } = await stage.gateway.start(start);
    const { interruptions, approvals } = await stage.untilStatus(
      agent,
      (now) => now.interruptions.length > 0,
    );
    assert.equal(interruptions[0]?.kind, 'tool_outage');
    assert.match(
      interruptions[0].summary,
      /^pay_invoice: the ledger .*ledger\.sqlite is locked by another process; whoever runs that can end it$/,
    );
    assert.deepEqual(approvals, [], 'nobody is asked what nobody needs to know');

    other.exec('ROLLBACK');
    other.close();
    await stage.gateway.send(agent, 'resume', { by: 'ann' });
    assert.deepEqual((await stage.gateway.result(agent)).status, 'completed');
    assert.equal(openLedger(stage.ledgerFile).payments().length, 1);
  });
});
