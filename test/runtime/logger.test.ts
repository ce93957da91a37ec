import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import winston from 'winston';
import { createLogger, lossy } from '../../src/runtime/logger.ts';

const source = join(import.meta.dirname, '../../src/runtime/logger.ts');
/** A file that has no room for anything; Linux has it. */
const fullDevice = '/dev/full';

function writtenBy(format: 'json' | 'pretty', log: (logger: winston.Logger) => void): string {
  let written = '';
  const logger = createLogger({ level: 'info', format });
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString();
      done();
    },
  });
  log(logger.clear().add(new winston.transports.Stream({ stream })));
  return written;
}

describe('the log', () => {
  for (const format of ['json', 'pretty'] as const) {
    it(`says what an error says (${format})`, () => {
      const written = writtenBy(format, (logger) => {
        logger.error('it failed', { error: Object.assign(new Error('the reason'), { type: 'Odd' }) });
      });
      assert.match(written, /it failed.*the reason|the reason.*it failed/);
      assert.match(written, /Odd/);
    });
  }

  it('on a terminal is one line each, whatever strangers say', () => {
    const forged = 'x\r\n12:00:00 info  all is well\u2028\u001b[2J\u001b]0;title\u0007\u009b1A\u202e';
    const written = writtenBy('pretty', (logger) => {
      logger.info(forged, { agent: forged, error: new Error(forged), list: [forged] });
    });
    assert.match(written, /^[^\n]*all is well[^\n]*\n$/);
    assert.match(written, /agent=x 12:00:00 info/);
    assert.doesNotMatch(written.slice(0, -1), /[\p{Cc}\u2028\u202e]/u);
  });

  it('loses what can not be written, goes on, and says how much it was', () => {
    const written: string[] = [];
    const told: string[] = [];
    let isFull = true;
    const disk = {
      on: () => disk,
      write: (chunk: Buffer, done: (error?: Error) => void) => {
        if (isFull) done(new Error('the disk is full'));
        else {
          written.push(chunk.toString());
          done();
        }
        return true;
      },
    };
    const log = lossy(disk as unknown as Writable, (lines, reason) => told.push(`${lines}: ${reason}`));
    log.write('one');
    log.write('two');
    assert.deepEqual(told, []);
    isFull = false;
    log.write('three');
    log.write('four');
    assert.deepEqual(written, ['\nthree', 'four']);
    assert.deepEqual(told, ['2: the disk is full']);
  });

  it('of a process whose disk is full does not end the process', async function () {
    if (!existsSync(fullDevice)) this.skip();
    const script = `
      import { createLogger } from ${JSON.stringify(source)};
      const logger = createLogger({ level: 'info', format: 'json' });
      logger.info('lost');
      setImmediate(() => process.stdout.write('alive'));`;
    const full = openSync(fullDevice, 'a');
    try {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', full],
      });
      const [code] = (await once(child, 'exit')) as [number];
      assert.equal(code, 0);
    } finally {
      closeSync(full);
    }
  });
});
