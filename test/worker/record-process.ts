/** A process of its own that runs an attempt and says so in a record, until it is killed. */
import { AttemptRecord } from '../../src/worker/attempt-record.ts';

const [file = '', server = '', deaths = '0'] = process.argv.slice(2);
const record = new AttemptRecord(file);
record.server = server;
record.begin({ token: Buffer.from('ended'), agent: 'a1', run: 'r1' });
record.begin({ token: Buffer.from('running'), agent: 'a2', run: 'r2' });
record.end(Buffer.from('ended'));
record.beginLocal({ name: 'over', deaths: 2 });
record.beginLocal({ name: 'batch', deaths: Number(deaths) });
record.endLocal('over');
process.send?.('recorded');
setInterval(() => undefined, 1_000);
