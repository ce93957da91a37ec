import { ComposerButtons } from '../controls/composer-buttons.tsx';
import { Loading } from '../controls/loading.tsx';
import { type ReactNode, useId, useState } from 'react';
import { JsonObject } from '../../../contracts/json.ts';
import type { DecisionKind } from '../../../contracts/messages.ts';
import { visibleText } from '../text/visible-text.ts';
import { ArgumentsForm } from './arguments-form.tsx';
import { Changes } from './changes.tsx';
import { decisionWords } from './decision-words.ts';
import { draftOf, fieldsOf, readDraft } from './fields.ts';
import type { ShownApproval } from './shown-approval.ts';

/** What is sent beside the kind of a decision. */
export interface Decided {
  readonly args?: JsonObject;
  readonly message?: string;
}

interface Props {
  readonly shown: ShownApproval;
  readonly decision: DecisionKind;
  readonly isPending: boolean;
  readonly onConfirm: (decided: Decided) => void;
  readonly onCancel: () => void;
}

/** The second step of a decision: what follows from it, what goes with it, and the button that sends it. */
export function DecisionComposer(props: Props) {
  const { shown, decision } = props;
  // Which fields there are, and in which order, stands in what is behind the approval.
  if (decision === 'edit')
    return shown.isBeingRead ? <Loading what="what may be changed" /> : <EditComposer {...props} />;
  const { form, choices = [] } = shown.approval;
  if (decision === 'respond' && form) return <FormComposer {...props} form={JsonObject.parse(form)} />;
  if (decision === 'respond' && choices.length > 0) return <ChoiceComposer {...props} />;
  return <WordsComposer {...props} />;
}

/** Approve, reject, ignore, and answers in words. */
function WordsComposer({ shown, decision, isPending, onConfirm, onCancel }: Props) {
  const [message, setMessage] = useState('');
  const id = useId();
  const isNeeded = decision === 'respond' || decision === 'reject';
  const label = decision === 'respond' ? 'Your words' : isNeeded ? 'Reason' : 'Note (optional)';
  return (
    <Step
      {...{ shown, decision, isPending, onCancel }}
      isReady={!isNeeded || message.trim() !== ''}
      onConfirm={() => {
        onConfirm(message.trim() === '' ? {} : { message });
      }}
    >
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        rows={isNeeded ? 3 : 1}
        autoFocus={isNeeded}
        disabled={isPending}
        value={message}
        onChange={(event) => {
          setMessage(event.target.value);
        }}
      />
    </Step>
  );
}

/** An answer out of those that the agent offers. */
function ChoiceComposer({ shown, decision, isPending, onConfirm, onCancel }: Props) {
  const [message, setMessage] = useState<string>();
  const [isOwn, setIsOwn] = useState(false);
  const name = useId();
  const choices = (shown.approval.choices ?? []).map((choice) =>
    typeof choice === 'string' ? choice : JSON.stringify(choice),
  );
  return (
    <Step
      {...{ shown, decision, isPending, onCancel }}
      isReady={message !== undefined && message.trim() !== ''}
      onConfirm={() => {
        onConfirm(message === undefined ? {} : { message });
      }}
    >
      <fieldset disabled={isPending}>
        <legend>Your answer</legend>
        {choices.map((choice, index) => (
          <label key={choice} className="choice">
            <input
              type="radio"
              name={name}
              autoFocus={index === 0}
              checked={!isOwn && message === choice}
              onChange={() => {
                setIsOwn(false);
                setMessage(choice);
              }}
            />
            {visibleText(choice)}
          </label>
        ))}
        <label className="choice">
          <input
            type="radio"
            name={name}
            checked={isOwn}
            onChange={() => {
              setIsOwn(true);
              setMessage('');
            }}
          />
          In your own words
        </label>
        {isOwn && (
          <textarea
            rows={2}
            autoFocus
            aria-label="Your own words"
            value={message}
            onChange={(event) => {
              setMessage(event.target.value);
            }}
          />
        )}
      </fieldset>
    </Step>
  );
}

function EditComposer({ shown, decision, isPending, onConfirm, onCancel }: Props) {
  const { args } = shown.approval;
  // They stay as they are while somebody writes.
  const [fields] = useState(() => fieldsOf(shown.inputSchema, args));
  const [draft, setDraft] = useState(() => draftOf(fields, args));
  const read = readDraft(fields, draft);
  const isChanged = read.ok && JSON.stringify(read.args) !== JSON.stringify(args);
  return (
    <Step
      {...{ shown, decision, isPending, onCancel }}
      isReady={isChanged}
      onConfirm={() => {
        if (read.ok) onConfirm({ args: read.args });
      }}
    >
      <ArgumentsForm
        fields={fields}
        draft={draft}
        problems={read.ok ? {} : read.problems}
        isDisabled={isPending}
        onChange={setDraft}
      />
      <p className="label">What you change</p>
      {isChanged ? <Changes proposed={args} edited={read.args} /> : <p className="quiet">Nothing yet.</p>}
    </Step>
  );
}

/** An answer with the fields that the agent asks for. */
function FormComposer({
  form,
  shown,
  decision,
  isPending,
  onConfirm,
  onCancel,
}: Props & { readonly form: JsonObject }) {
  const fields = fieldsOf(form, {});
  const [draft, setDraft] = useState(() => draftOf(fields, {}));
  const read = readDraft(fields, draft);
  return (
    <Step
      {...{ shown, decision, isPending, onCancel }}
      isReady={read.ok}
      onConfirm={() => {
        if (read.ok) onConfirm({ args: read.args });
      }}
    >
      <ArgumentsForm
        fields={fields}
        draft={draft}
        problems={read.ok ? {} : read.problems}
        isDisabled={isPending}
        onChange={setDraft}
      />
    </Step>
  );
}

interface StepProps extends Omit<Props, 'onConfirm'> {
  readonly isReady: boolean;
  readonly onConfirm: () => void;
  readonly children: ReactNode;
}

function Step({ shown, decision, isPending, isReady, onConfirm, onCancel, children }: StepProps) {
  const { button, effect } = decisionWords(decision, shown.approval.subject);
  return (
    <form
      className={`composer ${decision}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !isPending) onConfirm();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !isPending) onCancel();
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
      }}
    >
      <p className="effect">{effect}</p>
      {children}
      <ComposerButtons
        {...{ button, isReady, isPending, onCancel }}
        back="Cancel"
        isDangerous={decision === 'reject'}
        autoFocus={decision === 'approve' || decision === 'ignore'}
      />
    </form>
  );
}
