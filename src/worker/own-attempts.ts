import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type winston from 'winston';
import { type Attempt, AttemptRecord } from './attempt-record.ts';

/** What this process is running, written down for its successor. Without a record a worker works all the same. */
export interface OwnAttempts {
  readonly interceptor: ActivityInterceptorsFactory;
  /** At a clean end: nothing is running any more. */
  readonly remove: () => void;
}

/** Starts the record of this process. That it can't be written only means that a successor has to wait for the timeouts. */
export function recordOwnAttempts(file: string, server: string, logger: winston.Logger): OwnAttempts {
  let record: AttemptRecord | undefined;
  const attempt = (act: (record: AttemptRecord) => void): void => {
    if (record === undefined) return;
    try {
      act(record);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn(`running steps are no longer written down for a successor: ${reason}`, { file });
      record = undefined;
    }
  };
  try {
    record = new AttemptRecord(file);
    record.server = server;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logger.warn(`running steps can't be written down for a successor: ${reason}`, { file });
  }
  return {
    interceptor: interceptorOf(
      (begun) => {
        attempt((known) => {
          known.begin(begun);
        });
      },
      (token) => {
        attempt((known) => {
          known.end(token);
        });
      },
    ),
    remove: () => {
      attempt((known) => {
        known.remove();
      });
    },
  };
}

function interceptorOf(
  begin: (attempt: Attempt) => void,
  end: (token: Uint8Array) => void,
): ActivityInterceptorsFactory {
  return ({ info }) => {
    // A local activity is part of a workflow task; the server has no attempt of it.
    if (info.isLocal) return {};
    const { taskToken: token, workflowExecution } = info;
    return {
      inbound: {
        async execute(input, next) {
          begin({ token, agent: workflowExecution?.workflowId ?? '', run: workflowExecution?.runId ?? '' });
          try {
            return await next(input);
          } finally {
            end(token);
          }
        },
      },
    };
  };
}
