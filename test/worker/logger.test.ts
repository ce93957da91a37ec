import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import winston from 'winston';
import { temporalLogger } from '../../src/worker/logger.ts';

describe("the SDK's lines in the worker's log", () => {
  let lines: string[];
  const sdk = () => {
    const stream = new Writable({
      write: (line: Buffer, _encoding, done) => {
        lines.push(line.toString().trim());
        done();
      },
    });
    const format = winston.format.printf(({ level, message }) => `${level} ${String(message)}`);
    const transports = [new winston.transports.Stream({ stream })];
    return temporalLogger(winston.createLogger({ level: 'info', format, transports }));
  };
  beforeEach(() => {
    lines = [];
  });

  it('have their levels, whichever way they come', () => {
    const logger = sdk();
    logger.log('WARN', 'gRPC call retried', { sdkComponent: 'core' });
    logger.error('failed');
    logger.trace('nothing');
    assert.deepEqual(lines, ['warn gRPC call retried', 'error failed']);
  });

  it('do not tell of what the worker itself says of its start and stop', () => {
    const logger = sdk();
    const meta = { sdkComponent: 'worker' };
    logger.log('INFO', 'Worker state changed', meta);
    logger.info('Worker state changed', meta);
    logger.log('WARN', 'No workflows registered, not polling', meta);
    assert.deepEqual(lines, []);
  });
});
