import { useState } from 'react';
import type { AgentAction } from '../api/agents.ts';
import { BudgetFields } from '../controls/budget-fields.tsx';
import { ComposerButtons } from '../controls/composer-buttons.tsx';
import { noBudget, readBudget } from '../text/budget-draft.ts';

interface Props {
  readonly isPending: boolean;
  readonly onSend: (request: AgentAction) => void;
  readonly onCancel: () => void;
}

/** Adds to the limits that an agent has. It is based on no revision: what is added counts whatever the agent does meanwhile. */
export function ExtendForm({ isPending, onSend, onCancel }: Props) {
  const [draft, setDraft] = useState(noBudget);
  const { budget, problems } = readBudget(draft);
  const isReady = budget !== undefined && Object.keys(problems).length === 0;
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !isPending) onSend({ kind: 'budget', ...budget });
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <p className="effect">
        It is added to the limits that there are; where there is none, none is made. An agent that waits for
        more goes on.
      </p>
      <BudgetFields
        {...{ draft, problems }}
        legend="What is added"
        isDisabled={isPending}
        onChange={setDraft}
      />
      <ComposerButtons button="Extend" back="Back" {...{ isReady, isPending, onCancel }} />
    </form>
  );
}
