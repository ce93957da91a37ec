import { useState } from 'react';
import type { DecisionKind } from '../../../contracts/messages.ts';
import { mayActAs } from '../../../contracts/role.ts';
import { useDecide } from '../api/approvals.ts';
import { useMe } from '../api/session.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { useShortcuts } from '../controls/shortcut.ts';
import { useNow } from '../text/now.ts';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { ClaimLine } from './claim-line.tsx';
import { agreedText, decisionsFor, whyNot } from './deciders.ts';
import { type Decided, DecisionComposer } from './decision-composer.tsx';
import { decisionWords } from './decision-words.ts';
import type { ShownApproval } from './shown-approval.ts';

const keyOf: Partial<Record<DecisionKind, string>> = { approve: 'a', reject: 'r', edit: 'e' };

/** What may be decided, in two steps: nothing happens before it was said what will. */
export function DecisionBar({ shown }: { readonly shown: ShownApproval }) {
  const { agent, approval } = shown;
  const { data: me } = useMe();
  const now = useNow();
  const obstacle = me && (whyNot(approval, me, now) ?? agreedText(approval, me));
  const [chosen, setChosen] = useState<DecisionKind>();
  const decide = useDecide(approval);
  const choose = (decision: DecisionKind) => {
    const mayDecide = me !== undefined && shown.state === 'open' && !decide.isPending;
    return mayDecide && decisionsFor(approval, me, now).includes(decision)
      ? () => {
          setChosen(decision);
        }
      : undefined;
  };
  useShortcuts({ a: choose('approve'), r: choose('reject'), e: choose('edit') });
  // Whoever came too late reads that it did not count, beside who was first.
  if (shown.state !== 'open') return decide.error && <ErrorView error={decide.error} />;
  if (!me) return null;
  const confirm = (decided: Decided): void => {
    if (chosen === undefined || decide.isPending) return;
    const request = {
      agent,
      approval: approval.id,
      revision: approval.revision,
      decision: chosen,
      ...decided,
    };
    // What did not get through keeps the words that were written for it.
    decide.mutate(request, {
      onSuccess: () => {
        setChosen(undefined);
      },
    });
  };
  return (
    <section className="decision" aria-label="Decide">
      {decide.error && <ErrorView error={decide.error} />}
      <Obstacle obstacle={obstacle} />
      {chosen === undefined ? (
        <>
          <DecisionButtons shown={shown} choose={choose} />
          {mayActAs(me.role, 'approver') && <ClaimLine shown={shown} me={me} />}
        </>
      ) : (
        <DecisionComposer
          key={chosen}
          shown={shown}
          decision={chosen}
          isPending={decide.isPending}
          onConfirm={confirm}
          onCancel={() => {
            setChosen(undefined);
          }}
        />
      )}
    </section>
  );
}

/** What keeps somebody from deciding, or from some decisions. */
function Obstacle({ obstacle }: { readonly obstacle: string | undefined }) {
  if (obstacle === undefined) return null;
  return (
    <p className="obstacle">
      <UntrustedText text={obstacle} />
    </p>
  );
}

interface ButtonsProps {
  readonly shown: ShownApproval;
  /** What choosing a decision does; undefined while it can't be chosen. */
  readonly choose: (decision: DecisionKind) => (() => void) | undefined;
}

function DecisionButtons({ shown: { approval }, choose }: ButtonsProps) {
  return (
    <div className="buttons">
      {approval.allowedDecisions.map((decision) => {
        const onClick = choose(decision);
        return (
          <button
            key={decision}
            type="button"
            className={classOf(decision)}
            disabled={onClick === undefined}
            onClick={onClick}
          >
            {decisionWords(decision, approval.subject).button}
            {keyOf[decision] !== undefined && <kbd aria-hidden="true">{keyOf[decision]}</kbd>}
          </button>
        );
      })}
    </div>
  );
}

function classOf(decision: DecisionKind): string {
  if (decision === 'approve') return 'primary';
  return decision === 'reject' ? 'danger-quiet' : '';
}
