import { useState } from 'react';
import type { DecisionKind } from '../../../contracts/messages.ts';
import { useDecide } from '../api/approvals.ts';
import { useMayActAs } from '../api/session.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { useShortcuts } from '../controls/shortcut.ts';
import { type Decided, DecisionComposer } from './decision-composer.tsx';
import { decisionWords } from './decision-words.ts';
import type { ShownApproval } from './shown-approval.ts';

const keyOf: Partial<Record<DecisionKind, string>> = { approve: 'a', reject: 'r', edit: 'e' };

/** What may be decided, in two steps: nothing happens before it was said what will. */
export function DecisionBar({ shown }: { readonly shown: ShownApproval }) {
  const { agent, approval } = shown;
  const mayDecide = useMayActAs('approver');
  const [chosen, setChosen] = useState<DecisionKind>();
  const decide = useDecide();
  const choose = (decision: DecisionKind) => {
    const isOffered =
      shown.state === 'open' &&
      mayDecide &&
      approval.allowedDecisions.includes(decision) &&
      !decide.isPending;
    return isOffered
      ? () => {
          setChosen(decision);
        }
      : undefined;
  };
  useShortcuts({ a: choose('approve'), r: choose('reject'), e: choose('edit') });
  // Whoever came too late reads that it did not count, beside who was first.
  if (shown.state !== 'open') return decide.error && <ErrorView error={decide.error} />;
  if (!mayDecide)
    return (
      <p className="quiet">You can look. Deciding needs the role approver; who makes tokens can give it.</p>
    );
  const confirm = (decided: Decided): void => {
    if (chosen === undefined || decide.isPending) return;
    const request = {
      agent,
      approval: approval.id,
      revision: approval.revision,
      decision: chosen,
      ...decided,
    };
    decide.mutate(request, {
      onSettled: () => {
        setChosen(undefined);
      },
    });
  };
  return (
    <section className="decision" aria-label="Decide">
      {decide.error && <ErrorView error={decide.error} />}
      {chosen === undefined ? (
        <DecisionButtons shown={shown} choose={choose} />
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
