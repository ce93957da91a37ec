import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { type Attempt, AttemptRecord } from './attempt-record.ts';
import { DEADLY_PAUSE_MS, type DeadlySteps, stepName } from './deadly-steps.ts';

interface Log {
  info(message: string, fields: { readonly file: string }): unknown;
  warn(message: string, fields: { readonly file: string }): unknown;
}

/**
 * What this process is running, written down for its successor. For what can't be written, as on a full disk, a successor
 * has to wait for the timeouts; the steps go on all the same, and the next one is written down if that works again.
 */
export class OwnAttempts {
  readonly #file: string;
  readonly #server: string;
  readonly #deadly: DeadlySteps;
  readonly #log: Log;
  #record: AttemptRecord | undefined;
  #works = true;

  /** Starts the record, for this server. */
  constructor(file: string, server: string, deadly: DeadlySteps, log: Log) {
    this.#file = file;
    this.#server = server;
    this.#deadly = deadly;
    this.#log = log;
    this.#try(() => undefined);
  }

  begin(attempt: Attempt): void {
    this.#try((record) => {
      record.begin(attempt);
    });
  }

  end(token: Uint8Array): void {
    this.#try((record) => {
      record.end(token);
    });
  }

  /** At a clean end: nothing is running any more. */
  remove(): void {
    this.#try((record) => {
      record.remove();
    });
  }

  get interceptor(): ActivityInterceptorsFactory {
    return ({ info }) => {
      const { taskToken: token, workflowExecution: workflow } = info;
      const agent = workflow?.workflowId ?? '';
      // A local activity is part of a workflow task; the server has no attempt of it.
      if (info.isLocal)
        return {
          inbound: {
            execute: (input, next) =>
              this.#runLocal(stepName(info.activityType, agent, input.args), () => next(input)),
          },
        };
      const attempt = { token, agent, run: workflow?.runId ?? '' };
      return {
        inbound: {
          execute: async (input, next) => {
            this.begin(attempt);
            try {
              return await next(input);
            } finally {
              this.end(token);
            }
          },
        },
      };
    };
  }

  async #runLocal(name: string, run: () => Promise<unknown>): Promise<unknown> {
    if (this.#deadly.isRefused(name)) {
      // As of a tool that can't work now: what depends on it waits, and says so.
      throw ApplicationFailure.create({
        type: 'ToolUnavailable',
        message: 'each worker that ran this step died over it',
        nonRetryable: true,
        details: [{ retryAfterMs: DEADLY_PAUSE_MS }],
      });
    }
    this.#try((record) => {
      record.beginLocal({ name, deaths: this.#deadly.deaths(name) });
    });
    try {
      return await run();
    } finally {
      this.#deadly.survived(name);
      this.#try((record) => {
        record.endLocal(name);
      });
    }
  }

  #try(act: (record: AttemptRecord) => void): void {
    const file = this.#file;
    try {
      act((this.#record ??= this.#open()));
      if (!this.#works) this.#log.info('running steps are written down for a successor again', { file });
      this.#works = true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.#works)
        this.#log.warn(`running steps can't be written down for a successor: ${reason}`, { file });
      this.#works = false;
    }
  }

  #open(): AttemptRecord {
    const record = new AttemptRecord(this.#file);
    try {
      record.server = this.#server;
      return record;
    } catch (error) {
      record.close();
      throw error;
    }
  }
}
