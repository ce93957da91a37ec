import type { Transition } from '../../../../contracts/state.ts';
import { isUnverified } from '../../../../contracts/unverified.ts';
import { StatusBadge, UnverifiedMark } from '../../controls/badge.tsx';
import { UntrustedText } from '../../text/untrusted-text.tsx';
import { LineOf } from './line-of.tsx';

/** A change of status, or a message that was taken or refused. */
export function ChangeLine({ item: { transition } }: { readonly item: { readonly transition: Transition } }) {
  const { from, to, cause, actor } = transition;
  return (
    <LineOf
      sign="→"
      speaker={actor === 'agent' ? 'status' : <UntrustedText text={actor} />}
      said={
        <>
          {from !== to && <StatusBadge status={to} />} {isUnverified(transition) && <UnverifiedMark />}{' '}
          <UntrustedText text={cause} />
        </>
      }
    />
  );
}
