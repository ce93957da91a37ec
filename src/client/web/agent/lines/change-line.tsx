import type { Transition } from '../../../../contracts/state.ts';
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

/** A message that nobody vouches for; what the agent itself and the agents below it bring about is none. */
function isUnverified({ actor, cause, signedInAs }: Transition): boolean {
  return actor !== 'agent' && signedInAs === undefined && !cause.startsWith('child');
}
