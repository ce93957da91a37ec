/** The strange tools over standard input and output: `node strange-server.ts <folder> [habit ...]`. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { strangeTools } from './strange-tools.ts';

const [folder = '.', ...habits] = process.argv.slice(2);
appendFileSync(
  join(folder, 'started'),
  `${process.pid} ${process.env['STRANGE_TOKEN'] ?? ''} ${process.env['OPENAI_API_KEY'] ?? ''}\n`,
);
process.stderr.write('a word on standard error\n');
if (habits.includes('mute')) setInterval(() => undefined, 1_000);
else {
  if (habits.includes('garbage')) {
    process.stdout.write('starting up ...\n{"jsonrpc": "1.0"}\n[1, 2\n\u0000\u0001\n');
    setInterval(() => process.stdout.write('still here\n'), 20).unref();
  }
  if (habits.includes('quits')) process.exit(3);
  await strangeTools(folder).connect(new StdioServerTransport());
}
