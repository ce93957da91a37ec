import type { StandingGrantView, StatusDocument } from '../../../contracts/status.ts';
import { useRevokeLeave } from '../api/grants.ts';
import { useMayActAs } from '../api/session.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { Sender } from '../controls/sender.tsx';
import { useNow } from '../text/now.ts';
import { Countdown } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';

/** Leave that people gave ahead, with the button that takes it back. */
export function StandingGrants({ status: { agent, grants = [] } }: { readonly status: StatusDocument }) {
  const revoke = useRevokeLeave(agent);
  const mayRevoke = useMayActAs('approver');
  const now = useNow();
  return (
    <>
      {revoke.error && <ErrorView error={revoke.error} />}
      <ul className="plain">
        {grants.map((grant) => {
          const counts = grant.revoked === undefined && Date.parse(grant.until) > now;
          return (
            <li key={grant.id}>
              <GrantText grant={grant} />
              {counts && mayRevoke && (
                <button
                  type="button"
                  className="danger-quiet"
                  disabled={revoke.isPending}
                  onClick={() => {
                    revoke.mutate(grant.id);
                  }}
                >
                  Take back
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function GrantText({ grant }: { readonly grant: StandingGrantView }) {
  const { tool, rule, when, by, signedInAs, until, used, uses, revoked } = grant;
  return (
    <>
      <p>
        <code>
          <UntrustedText text={tool} />
        </code>{' '}
        runs without asking
        {rule !== undefined && (
          <>
            {' where '}
            <code>
              <UntrustedText text={rule} />
            </code>
          </>
        )}
        {when !== undefined && (
          <>
            {' if '}
            <code>
              <UntrustedText text={when} />
            </code>
          </>
        )}
      </p>
      <p>
        <Sender by={by} signedInAs={signedInAs} />{' '}
        <span className="quiet">
          used {used}
          {uses !== undefined && ` of ${uses}`} times,{' '}
          {revoked ? (
            <>
              taken back by <Sender by={revoked.by} signedInAs={revoked.signedInAs} />
            </>
          ) : (
            <>
              ends <Countdown at={until} />
            </>
          )}
        </span>
      </p>
    </>
  );
}
