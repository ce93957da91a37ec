import type { Me } from '../../../contracts/session.ts';
import { mayActAs, type Role } from '../../../contracts/role.ts';
import { useClaim } from '../api/claims.ts';
import { UnverifiedMark } from '../controls/badge.tsx';
import { ErrorView } from '../controls/error-view.tsx';
import { useNow } from '../text/now.ts';
import { Countdown } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { claimedBy, isClaimedBy, isHandedToRoleOf } from './deciders.ts';
import { ReassignForm } from './reassign-form.tsx';
import type { ShownApproval } from './shown-approval.ts';

/** Who is at it, so that two people don't do the same work; whoever may decide can claim it, and leave it again. */
export function ClaimLine({ shown, me }: { readonly shown: ShownApproval; readonly me: Me }) {
  const { agent, approval } = shown;
  const now = useNow();
  const claim = useClaim(agent, approval);
  const claimed = claimedBy(approval, now);
  const isMine = isClaimedBy(approval, me, now);
  const isOfMyRole = isHandedToRoleOf(approval, me, now);
  // Several people decide such a thing together, and a budget is nobody's.
  if (approval.required > 1 || approval.subject === 'budget') return null;
  return (
    <div className="claim-line">
      <span className="quiet">
        {claimed === undefined ? (
          'Nobody is at it.'
        ) : (
          <>
            {isMine ? 'You are at it' : <UntrustedText text={atIt(approval.claim?.role, claimed)} />}, the
            claim ends {approval.claim && <Countdown at={approval.claim.until} />}
            {approval.claim?.from !== undefined && (
              <>
                , handed on by <UntrustedText text={approval.claim.from} />
              </>
            )}
            {approval.claim?.signedInAs === undefined && <UnverifiedMark />}
          </>
        )}
      </span>
      {(claimed === undefined || isMine || isOfMyRole) && (
        <button
          type="button"
          className="ghost"
          disabled={claim.isPending}
          onClick={() => {
            claim.mutate(isMine ? 'release' : 'claim');
          }}
        >
          {isMine ? 'Release' : 'Claim'}
        </button>
      )}
      {(isMine || isOfMyRole || mayActAs(me.role, 'admin')) && <ReassignForm shown={shown} />}
      {claim.error && <ErrorView error={claim.error} />}
    </div>
  );
}

function atIt(role: Role | undefined, who: string): string {
  return role === undefined ? `${who} is at it` : `It is for ${who}`;
}
