import type { Role } from '../../../contracts/role.ts';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { UnverifiedMark } from './badge.tsx';

interface Props {
  readonly by: string;
  /** As what an admin server vouches for them; nobody does unless given. */
  readonly signedInAs: Role | undefined;
}

/** Who sent something, and whether that is more than what they said themselves. */
export function Sender({ by, signedInAs }: Props) {
  return (
    <>
      <strong>
        <UntrustedText text={by} />
      </strong>{' '}
      {signedInAs === undefined ? <UnverifiedMark /> : <span className="quiet">{signedInAs}</span>}
    </>
  );
}
