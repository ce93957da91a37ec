import { useState } from 'react';
import type { ForkTools } from '../../../contracts/fork.ts';
import type { StatusDocument } from '../../../contracts/status.ts';
import { useFork } from '../api/time-travel.ts';
import { BudgetFields } from '../controls/budget-fields.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { ErrorView } from '../controls/error-view.tsx';
import { TextField } from '../controls/text-field.tsx';
import { goTo } from '../navigation.tsx';
import { visibleText } from '../text/visible-text.ts';
import { type ForkDraft, forkDraftAt, type ForkPoint, readFork } from './fork-draft.ts';
import { ForkEdits } from './fork-edits.tsx';

interface Props {
  readonly status: StatusDocument;
  readonly point: ForkPoint;
  readonly onClose: () => void;
}

/** Starts an agent where this one was at the end of a turn, with what is to be different there. */
export function ForkDialog({ status: { agent, turn }, point, onClose }: Props) {
  const fork = useFork(agent);
  const [draft, setDraft] = useState(() => forkDraftAt(point));
  const read = readFork(draft, turn);
  const problems = read.ok ? {} : read.problems;
  const send = (): void => {
    if (!read.ok || fork.isPending) return;
    fork.mutate(read.request, {
      onSuccess: (started) => {
        onClose();
        goTo({ page: 'agent', agent: started.agent });
      },
    });
  };
  return (
    <Dialog title={`Fork ${visibleText(agent)}`} onClose={onClose}>
      <form
        className="composer"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <p className="quiet">
          Another agent begins where this one was at the end of a turn. This one is not changed, and no
          decision here is leave for anything there.
        </p>
        <fieldset className="fork-fields" disabled={fork.isPending}>
          <TextField
            label="From the end of turn"
            inputMode="numeric"
            autoFocus
            value={draft.turn}
            problem={problems['turn']}
            about="0 is the beginning."
            onChange={(from) => {
              setDraft({ ...draft, turn: from });
            }}
          />
          <ToolsChoice draft={draft} problem={problems['tools']} onChange={setDraft} />
          <ForkEdits draft={draft} problems={problems} onChange={setDraft} />
          <Conditions draft={draft} problems={problems} onChange={setDraft} />
        </fieldset>
        {fork.error && <ErrorView error={fork.error} />}
        <div className="buttons">
          <button type="submit" className="primary" disabled={!read.ok || fork.isPending}>
            {fork.isPending ? 'Starting …' : 'Start the fork'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const tools: readonly (readonly [ForkTools, string, string])[] = [
  ['recorded', 'Recorded', 'A call that this agent made as well ends as it did here, and does nothing.'],
  ['dry', 'Dry', 'Tools that only read run; effects are only proposed.'],
  ['live', 'Live', 'Everything runs, by the definition’s policy, under keys of the fork’s own.'],
];

interface PartProps {
  readonly draft: ForkDraft;
  readonly onChange: (draft: ForkDraft) => void;
}

function ToolsChoice({ draft, problem, onChange }: PartProps & { readonly problem: string | undefined }) {
  return (
    <fieldset>
      <legend>Its tools</legend>
      {tools.map(([value, name, what]) => (
        <label key={value} className="choice">
          <input
            type="radio"
            name="fork-tools"
            checked={draft.tools === value}
            onChange={() => {
              onChange({ ...draft, tools: value, isLiveAgreed: false });
            }}
          />
          <span>
            <strong>{name}</strong> <span className="quiet">{what}</span>
          </span>
        </label>
      ))}
      {draft.tools === 'live' && (
        <label className="choice agree">
          <input
            type="checkbox"
            checked={draft.isLiveAgreed}
            aria-invalid={problem !== undefined}
            onChange={(event) => {
              onChange({ ...draft, isLiveAgreed: event.target.checked });
            }}
          />
          What was done once may be done a second time.
        </label>
      )}
    </fieldset>
  );
}

function Conditions({
  draft,
  problems,
  onChange,
}: PartProps & { readonly problems: Readonly<Record<string, string>> }) {
  return (
    <details>
      <summary>Model, instructions, budget, id</summary>
      <TextField
        label="Model"
        value={draft.model}
        placeholder="as it is"
        onChange={(model) => {
          onChange({ ...draft, model });
        }}
      />
      <TextField
        label="Instructions"
        rows={4}
        value={draft.instructions}
        placeholder="as they are"
        onChange={(instructions) => {
          onChange({ ...draft, instructions });
        }}
      />
      <label className="choice">
        <input
          type="checkbox"
          checked={draft.again}
          onChange={(event) => {
            onChange({ ...draft, again: event.target.checked });
          }}
        />
        Ask the model anew, although nothing else is different
      </label>
      <BudgetFields
        draft={draft.budget}
        problems={problems}
        isDisabled={false}
        onChange={(budget) => {
          onChange({ ...draft, budget });
        }}
      />
      <TextField
        label="Id"
        value={draft.id}
        placeholder="made from this agent’s"
        onChange={(id) => {
          onChange({ ...draft, id });
        }}
      />
    </details>
  );
}
