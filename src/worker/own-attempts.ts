import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { type Attempt, AttemptRecord } from './attempt-record.ts';

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
  readonly #log: Log;
  #record: AttemptRecord | undefined;
  #works = true;

  /** Starts the record, for this server. */
  constructor(file: string, server: string, log: Log) {
    this.#file = file;
    this.#server = server;
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
      // A local activity is part of a workflow task; the server has no attempt of it.
      if (info.isLocal) return {};
      const { taskToken: token, workflowExecution: workflow } = info;
      const attempt = { token, agent: workflow?.workflowId ?? '', run: workflow?.runId ?? '' };
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
