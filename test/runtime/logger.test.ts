import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import winston from 'winston';
import { createLogger } from '../../src/runtime/logger.ts';

describe('the log', () => {
  for (const format of ['json', 'pretty'] as const) {
    it(`says what an error says (${format})`, () => {
      let written = '';
      const logger = createLogger({ level: 'info', format });
      const stream = new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          written += chunk.toString();
          done();
        },
      });
      logger.clear().add(new winston.transports.Stream({ stream }));
      logger.error('it failed', { error: Object.assign(new Error('the reason'), { type: 'Odd' }) });
      assert.match(written, /it failed.*the reason|the reason.*it failed/);
      assert.match(written, /Odd/);
    });
  }
});
