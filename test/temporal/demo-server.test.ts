import assert from 'node:assert/strict';
import { disclaimPort } from '../../temporal/claim-port.ts';
import { ownPort } from '../../temporal/demo-server.ts';
import { freePort } from '../../temporal/free-port.ts';

const isThere = () => Promise.resolve(true);
const isNotThere = () => Promise.resolve(false);

describe('where a demo starts its Temporal server', () => {
  let usual: number;
  beforeEach(async () => {
    usual = await freePort();
  });
  afterEach(() => {
    disclaimPort(usual);
  });

  it('is the usual port, and another one while another demo has that, whether or not its server answers yet', async () => {
    const server = { port: usual, isChosen: false, isUsual: true };
    assert.equal(await ownPort(server, isNotThere), usual);
    for (const look of [isThere, isNotThere]) {
      const port = await ownPort(server, look);
      assert.ok(port !== undefined && port !== usual);
    }
    disclaimPort(usual);
    assert.equal(await ownPort(server, isNotThere), usual);
  });

  it('is nowhere when a server of others answers', async () => {
    const server = { port: usual, isChosen: false, isUsual: true };
    assert.equal(await ownPort(server, isThere), undefined);
    // Nor does it keep anybody off that port.
    assert.equal(await ownPort(server, isNotThere), usual);
  });

  it('is the address that was chosen, whoever is there', async () => {
    const server = { port: usual, isChosen: true, isUsual: true };
    assert.equal(await ownPort(server, isNotThere), usual);
    assert.equal(await ownPort(server, isThere), undefined);
  });
});
