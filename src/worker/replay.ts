import { createInterface } from 'node:readline';
import { ReplayRequest } from '../contracts/replay.ts';
import { Replayer } from './replayer.ts';

/**
 * A process that replays histories: one request a line on standard input, one verdict a line on standard output, in the same
 * order. It is one of its own because clients know nothing of workers, and connects to nothing.
 */
// Not before there is something to replay: Temporal's runtime ends with its last worker, and not without one.
let replayer: Replayer | undefined;
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { agent, history } = ReplayRequest.parse(JSON.parse(line));
  replayer ??= await Replayer.open();
  process.stdout.write(`${JSON.stringify(await replayer.judge(agent, history))}\n`);
}
await replayer?.close();
