import type { StatusDocument } from '../../../contracts/status.ts';

/** Whether it goes from step to step by itself, so that its revision is another one each moment. */
export function isAtWork({ status }: Pick<StatusDocument, 'status'>): boolean {
  return status === 'starting' || status === 'thinking' || status === 'acting' || status === 'closing';
}

export function hasEnded({ status }: Pick<StatusDocument, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
