import {
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Parameters<Interceptor>[1]>;

const retrying: Interceptor = makeGrpcRetryInterceptor(defaultGrpcRetryOptions());

/**
 * The retries of Temporal's client, for connections that may be closed while one is due. A request that nobody waits for
 * any more is still tried again by a timer, and on a closed connection that try throws where nothing can catch it.
 */
export const retries: Interceptor = (options, nextCall) => {
  let isFirst = true;
  return retrying(options, (again) => {
    if (isFirst) {
      isFirst = false;
      return nextCall(again);
    }
    try {
      return nextCall(again);
    } catch {
      return silent;
    }
  });
};

/** A call that is never answered: who made it has given up on it, or its deadline passes. */
const silent: Call = {
  cancelWithStatus: () => undefined,
  getPeer: () => '',
  start: () => undefined,
  sendMessage: () => undefined,
  sendMessageWithContext: () => undefined,
  startRead: () => undefined,
  halfClose: () => undefined,
  getAuthContext: () => null,
};
