import colors from 'picocolors';
import { failures } from '../../contracts/failures.ts';
import { GatewayError } from '../gateway-error.ts';
import { safeJson } from './view/text.ts';

export type Format = 'text' | 'json' | 'jsonl';
export type Colors = ReturnType<typeof colors.createColors>;

/**
 * The only way to the terminal. Data goes to stdout and nothing else does: what a person should know besides goes to
 * stderr, so that a pipe gets the data alone.
 */
export class Output {
  readonly format: Format;
  /** Of what goes to stdout, and of what is said besides: one may be a terminal and the other a file. */
  readonly colors: Colors;
  readonly noteColors: Colors;
  readonly verbose: boolean;

  constructor(options: { format: Format; color: boolean; noteColor: boolean; verbose: boolean }) {
    this.format = options.format;
    this.verbose = options.verbose;
    this.colors = colors.createColors(options.color);
    this.noteColors = colors.createColors(options.noteColor);
  }

  /** A whole answer: text for a person, or the value for a program (as `jsonl` one line for each item of a list). */
  data(value: unknown, text: () => string): void {
    if (this.format === 'text') this.raw(`${text()}\n`);
    else if (this.format === 'json') this.raw(`${safeJson(value, 2)}\n`);
    else
      for (const item of Array.isArray(value) ? (value as unknown[]) : [value])
        this.raw(`${safeJson(item)}\n`); // `isArray` loses the element type.
  }

  /** One of many things that happen over time: a stream is one JSON document a line in both JSON formats. */
  event(value: unknown, text: () => string): void {
    this.raw(this.format === 'text' ? text() : `${safeJson(value)}\n`);
  }

  /** Something to know that is not the answer. */
  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  raw(text: string): void {
    process.stdout.write(text);
  }

  /** Says what went wrong and what to do, and returns the exit code that stands for it. */
  failure(error: unknown): number {
    const { code, message, help, details, exitCode } = describeFailure(error);
    if (this.format === 'text') {
      this.note(`${this.noteColors.red('error:')} ${message}`);
      if (help !== undefined) this.note(help);
    } else {
      this.note(
        safeJson({
          error: {
            code,
            message,
            ...(help === undefined ? {} : { help }),
            ...(details === undefined ? {} : { details }),
          },
        }),
      );
    }
    if (this.verbose && error instanceof Error) this.note(stackOf(error));
    return exitCode;
  }
}

interface FailureText {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly details?: unknown;
  readonly exitCode: number;
}

/** An error of the table keeps its code; anything else is a defect of ours and says so. */
export function describeFailure(error: unknown): FailureText {
  if (error instanceof GatewayError)
    return {
      code: error.type,
      message: error.message,
      help: error.help,
      details: error.details,
      exitCode: failures[error.type].exitCode,
    };
  return {
    code: 'Unexpected',
    message: error instanceof Error ? error.message : String(error),
    help: 'This is a defect; run it again with --verbose and report what it prints.',
    exitCode: 1,
  };
}

function stackOf(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\ncaused by: ${stackOf(error.cause)}` : stack;
}

/**
 * A reader that has seen enough (`| head`) closes the pipe: that ends the program quietly, it is no error. Anything else, as a
 * full disk behind standard output, ends it with the reason. What is said besides may get lost: the answer is still to come.
 */
export function endWhenNobodyReads(out: () => Output): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : out().failure(unwritable(error)));
  });
  process.stderr.on('error', () => undefined);
}

function unwritable(cause: Error): GatewayError {
  return new GatewayError('Unexpected', `what the command has to say can't be written: ${cause.message}`, {
    cause,
    help: 'It may have done what it was asked to. Make room, and look before you repeat it.',
  });
}
