import { Writable } from 'node:stream';
import winston from 'winston';
import { clean } from './terminal-text.ts';

interface LogSettings {
  readonly level: string;
  /** By default readable on a terminal, JSON elsewhere. */
  readonly format?: 'pretty' | 'json' | undefined;
  /** Adds to each line where it belongs, such as its trace. Without it there are no traces to be found. */
  readonly fields?: (() => Readonly<Record<string, unknown>>) | undefined;
}

/** What is said once a line of JSON anyway, or that no reader of a log has asked for. */
const noise = new Set([
  'sdkComponent',
  'activityNamespace',
  'namespace',
  'taskQueue',
  'runId',
  'isLocal',
  'workflowId',
  'workflowType',
  'activityType',
  'activityId',
  'attempt',
  'timestamp',
  'level',
  'message',
  'stack',
  'span_id',
]);

const newLine = Buffer.from('\n');

/**
 * The process's log on standard error, with agent, turn and call on every line that belongs to one. A log that can't be
 * written stops nothing: its lines are lost, and once it can be written again it says how many.
 */
export function createLogger({ level, format, fields }: LogSettings): winston.Logger {
  const pretty = (format ?? (process.stderr.isTTY ? 'pretty' : 'json')) === 'pretty';
  const logger = winston.createLogger({
    level,
    format: winston.format.combine(
      winston.format.timestamp(),
      agentFields(),
      fields === undefined ? untraced() : traceFields({ fields }),
      pretty ? prettyLine() : winston.format.json(),
    ),
  });
  const stream = lossy(process.stderr, (lines, reason) => {
    logger.warn(`${lines} lines of this log are lost: ${reason}`);
  });
  return logger.add(new winston.transports.Stream({ stream }));
}

/**
 * Hands each line on at once. One that the output refuses (the disk is full, nobody reads any more) is lost;
 * `regained` is told how many were, and why, when the output takes lines again.
 */
export function lossy(
  output: Pick<Writable, 'on' | 'write'>,
  regained: (lines: number, reason: string) => void,
): Writable {
  let lost = 0;
  let reason = '';
  // The callback below has it as well; without a listener it would end the process.
  output.on('error', () => undefined);
  return new Writable({
    write: (line: Buffer, _encoding, done) => {
      // The last line that was taken may have been taken in part.
      const whole = lost === 0 ? line : Buffer.concat([newLine, line]);
      output.write(whole, (error) => {
        if (error) {
          lost += 1;
          reason = error.message;
        } else if (lost > 0) {
          const lines = lost;
          lost = 0;
          regained(lines, reason);
        }
      });
      // Whoever ends the process right after a line has it written.
      done();
    },
  });
}

/** Workflow and activity lines carry Temporal's names; the product's own go beside them. A task's token opens it to anybody. */
const agentFields = winston.format((info) => {
  delete info['taskToken'];
  // The text of an error is none of its own fields, so that JSON would leave out just what it says.
  const { error } = info;
  if (error instanceof Error)
    info['error'] = { ...Object.fromEntries(Object.entries(error)), message: error.message };
  if (info['agent'] === undefined && info['workflowId'] !== undefined) info['agent'] = info['workflowId'];
  return info;
});

/** Lines of workflows bring the place of their agent in a trace; others are said where they belong. */
const traceFields = winston.format((info, options) => {
  const { fields } = options as { fields: NonNullable<LogSettings['fields']> }; // What it is made with above.
  if (info['trace_id'] === undefined) Object.assign(info, fields());
  return info;
});

const untraced = winston.format((info) => {
  delete info['trace_id'];
  delete info['span_id'];
  return info;
});

function oneLine(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim();
}

function prettyLine(): winston.Logform.Format {
  return winston.format.printf((info) => {
    const fields = Object.entries(info)
      .filter(([name, value]) => !noise.has(name) && value !== undefined)
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
    const time = String(info['timestamp']).slice(11, 19);
    // Errors and names come from strangers: none of them may look like a line of its own.
    return [time, info.level.padEnd(5), ...[String(info.message), ...fields].map(oneLine)].join(' ');
  });
}
