import winston from 'winston';

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

/** The process's log on standard error, with agent, turn and call on every line that belongs to one. */
export function createLogger({ level, format, fields }: LogSettings): winston.Logger {
  const pretty = (format ?? (process.stderr.isTTY ? 'pretty' : 'json')) === 'pretty';
  return winston.createLogger({
    level,
    format: winston.format.combine(
      winston.format.timestamp(),
      agentFields(),
      fields === undefined ? untraced() : traceFields({ fields }),
      pretty ? prettyLine() : winston.format.json(),
    ),
    transports: [new winston.transports.Stream({ stream: process.stderr })],
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

function prettyLine(): winston.Logform.Format {
  return winston.format.printf((info) => {
    const fields = Object.entries(info)
      .filter(([name, value]) => !noise.has(name) && value !== undefined)
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
    const time = String(info['timestamp']).slice(11, 19);
    return [time, info.level.padEnd(5), String(info.message), ...fields].join(' ');
  });
}
