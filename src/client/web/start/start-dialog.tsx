import { useState } from 'react';
import type { DefinitionList, ListedDefinition } from '../../../contracts/answers.ts';
import { useStartAgent } from '../api/agents.ts';
import { useDefinitions } from '../api/definitions.ts';
import { requestKey } from '../api/request-key.ts';
import { useMe } from '../api/session.ts';
import { BudgetFields } from '../controls/budget-fields.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorView } from '../controls/error-view.tsx';
import { Loading } from '../controls/loading.tsx';
import { TextField } from '../controls/text-field.tsx';
import { goTo } from '../navigation.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { visibleText } from '../text/visible-text.ts';
import { emptyStart, readStart, type StartDraft, suggestedId } from './start-draft.ts';

type Good = Extract<ListedDefinition, { name: string }>;

interface Props {
  /** The definition that is chosen at first, unless it has mistakes. */
  readonly definition?: string | undefined;
  readonly onClose: () => void;
}

/** Starts an agent from one of the definitions that the admin server reads. */
export function StartDialog({ definition, onClose }: Props) {
  const definitions = useDefinitions();
  return (
    <Dialog title="Start an agent" onClose={onClose}>
      {definitions.error && (
        <ErrorView error={definitions.error} onRetry={() => void definitions.refetch()} />
      )}
      {definitions.isPending && <Loading what="the definitions" />}
      {definitions.data && <StartChoice list={definitions.data} definition={definition} onClose={onClose} />}
    </Dialog>
  );
}

function StartChoice({ list, definition, onClose }: Props & { readonly list: DefinitionList }) {
  const good = list.definitions.filter((one): one is Good => 'name' in one);
  const bad = list.definitions.length - good.length;
  const [first] = good;
  const known = good.find(({ name }) => name === definition) ?? first;
  if (!known)
    return (
      <EmptyState title="There is no definition to start from">
        {bad === 0
          ? 'The folder that the admin server reads has none.'
          : 'All of them have mistakes: perdure definitions check names them.'}
      </EmptyState>
    );
  return (
    <>
      {bad > 0 && <p className="quiet">{bad} more have mistakes: perdure definitions check names them.</p>}
      <StartForm definitions={good} first={known} onClose={onClose} />
    </>
  );
}

interface FormProps {
  readonly definitions: readonly Good[];
  readonly first: Good;
  readonly onClose: () => void;
}

function StartForm({ definitions, first, onClose }: FormProps) {
  const { data: me } = useMe();
  const start = useStartAgent();
  const [draft, setDraft] = useState<StartDraft>({ ...emptyStart, agent: first.name });
  const [chance] = useState(() => requestKey().slice(0, 6));
  const suggested = suggestedId(draft.agent, chance, me?.agents ?? []);
  const read = readStart(draft, suggested);
  const chosen = definitions.find(({ name }) => name === draft.agent) ?? first;
  const send = (): void => {
    if (!read.ok || start.isPending) return;
    const { request } = read;
    start.mutate(
      { request, isNewId: request.id === suggested },
      {
        onSuccess: ({ agent }) => {
          onClose();
          goTo({ page: 'agent', agent });
        },
      },
    );
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="field">
        <label htmlFor="start-definition">Definition</label>
        <select
          id="start-definition"
          value={draft.agent}
          disabled={start.isPending}
          onChange={(event) => {
            setDraft({ ...draft, agent: event.target.value });
          }}
        >
          {definitions.map(({ name }) => (
            <option key={name} value={name}>
              {visibleText(name)}
            </option>
          ))}
        </select>
        <DefinitionWords definition={chosen} />
      </div>
      <StartFields
        {...{ draft, suggested }}
        problems={read.ok ? {} : read.problems}
        isDisabled={start.isPending}
        onChange={setDraft}
      />
      {start.error && <ErrorView error={start.error} />}
      <div className="buttons">
        <button type="submit" className="primary" disabled={!read.ok || start.isPending}>
          {start.isPending ? 'Starting …' : 'Start'}
        </button>
        <span className="quiet">You are its requester.</span>
      </div>
    </form>
  );
}

function DefinitionWords({ definition }: { readonly definition: Good }) {
  const { description, models, lifetime, tools } = definition;
  return (
    <p className="quiet">
      <UntrustedText text={description} /> · asks <UntrustedText text={models.join(', then ')} /> ·{' '}
      {tools.length} tools
      {lifetime === 'persistent' ? ' · stays for messages when its goal is reached' : ''}
    </p>
  );
}

interface FieldsProps {
  readonly draft: StartDraft;
  readonly suggested: string;
  readonly problems: Readonly<Record<string, string>>;
  readonly isDisabled: boolean;
  readonly onChange: (draft: StartDraft) => void;
}

function StartFields({ draft, suggested, problems, isDisabled, onChange }: FieldsProps) {
  return (
    <>
      <TextField
        label="Goal"
        rows={3}
        autoFocus
        value={draft.input}
        about="What it is to do. Left empty, it is told to begin."
        isDisabled={isDisabled}
        onChange={(input) => {
          onChange({ ...draft, input });
        }}
      />
      <TextField
        label="Id"
        value={draft.id ?? suggested}
        problem={problems['id']}
        about="Nobody else may have it at the same time; it can’t be changed."
        isDisabled={isDisabled}
        onChange={(id) => {
          onChange({ ...draft, id });
        }}
      />
      <details>
        <summary>Model, budget, labels</summary>
        <TextField
          label="Model"
          value={draft.model}
          placeholder="as the definition says"
          isDisabled={isDisabled}
          onChange={(model) => {
            onChange({ ...draft, model });
          }}
        />
        <BudgetFields
          draft={draft.budget}
          problems={problems}
          isDisabled={isDisabled}
          onChange={(budget) => {
            onChange({ ...draft, budget });
          }}
        />
        <TextField
          label="Labels"
          rows={2}
          value={draft.labels}
          problem={problems['labels']}
          placeholder="customer=acme"
          isDisabled={isDisabled}
          onChange={(labels) => {
            onChange({ ...draft, labels });
          }}
        />
      </details>
    </>
  );
}
