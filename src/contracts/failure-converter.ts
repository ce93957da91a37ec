import { DefaultFailureConverter, type PayloadConverter, type ProtoFailure } from '@temporalio/common';

/**
 * Temporal's own, without halves of characters. They come in what people and models send, and from there into messages; the SDK
 * writes short texts with them as bytes that are no UTF-8, at which its core stops the whole worker.
 */
class WellFormedFailureConverter extends DefaultFailureConverter {
  override errorToFailureInner(error: unknown, payloadConverter: PayloadConverter): ProtoFailure {
    const failure = super.errorToFailureInner(error, payloadConverter);
    const { message, stackTrace, applicationFailureInfo: application } = failure;
    return {
      ...failure,
      ...(typeof message === 'string' ? { message: message.toWellFormed() } : {}),
      ...(typeof stackTrace === 'string' ? { stackTrace: stackTrace.toWellFormed() } : {}),
      ...(typeof application?.type === 'string'
        ? { applicationFailureInfo: { ...application, type: application.type.toWellFormed() } }
        : {}),
    };
  }
}

export const failureConverter = new WellFormedFailureConverter();
