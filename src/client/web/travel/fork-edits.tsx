import { TextField } from '../controls/text-field.tsx';
import type { ForkDraft, MessageEdit, ResultEdit } from './fork-draft.ts';

interface Props {
  readonly draft: ForkDraft;
  readonly problems: Readonly<Record<string, string>>;
  readonly onChange: (draft: ForkDraft) => void;
}

/** What was told to the agent, and what its calls came to, changed one by one. */
export function ForkEdits({ draft, problems, onChange }: Props) {
  const { messages, results } = draft;
  return (
    <>
      {messages.map((edit, index) => (
        <EditOfMessage
          key={index}
          edit={edit}
          problem={problems[`message ${index}`]}
          onChange={(changed) => {
            onChange({ ...draft, messages: replaced(messages, index, changed) });
          }}
        />
      ))}
      {results.map((edit, index) => (
        <EditOfResult
          key={index}
          edit={edit}
          problem={problems[`result ${index}`]}
          onChange={(changed) => {
            onChange({ ...draft, results: replaced(results, index, changed) });
          }}
        />
      ))}
      <div className="buttons">
        <button
          type="button"
          onClick={() => {
            onChange({ ...draft, messages: [...messages, { turn: draft.turn, nth: '1', text: '' }] });
          }}
        >
          Change a message
        </button>
        <button
          type="button"
          onClick={() => {
            onChange({ ...draft, results: [...results, { turn: draft.turn, call: '1', result: '' }] });
          }}
        >
          Change a result
        </button>
      </div>
    </>
  );
}

/** The list with one of it changed, or left out. */
function replaced<Edit>(edits: readonly Edit[], index: number, changed: Edit | undefined): Edit[] {
  return edits.flatMap((edit, place) => (place !== index ? [edit] : changed === undefined ? [] : [changed]));
}

interface EditProps<Edit> {
  readonly edit: Edit;
  readonly problem: string | undefined;
  /** Undefined takes it away. */
  readonly onChange: (edit: Edit | undefined) => void;
}

function EditOfMessage({ edit, problem, onChange }: EditProps<MessageEdit>) {
  return (
    <fieldset className="fork-edit">
      <legend>A message in other words</legend>
      <TextField
        label="Read in turn"
        inputMode="numeric"
        value={edit.turn}
        about="0 has the goal."
        onChange={(turn) => {
          onChange({ ...edit, turn });
        }}
      />
      <TextField
        label="Which of it"
        inputMode="numeric"
        value={edit.nth}
        onChange={(nth) => {
          onChange({ ...edit, nth });
        }}
      />
      <TextField
        label="Words"
        rows={3}
        value={edit.text}
        problem={problem}
        onChange={(text) => {
          onChange({ ...edit, text });
        }}
      />
      <Remove onRemove={onChange} what="this message" />
    </fieldset>
  );
}

function EditOfResult({ edit, problem, onChange }: EditProps<ResultEdit>) {
  return (
    <fieldset className="fork-edit">
      <legend>A call with another result</legend>
      <TextField
        label="Turn"
        inputMode="numeric"
        value={edit.turn}
        onChange={(turn) => {
          onChange({ ...edit, turn });
        }}
      />
      <TextField
        label="Call"
        inputMode="numeric"
        value={edit.call}
        onChange={(call) => {
          onChange({ ...edit, call });
        }}
      />
      <TextField
        label="Result (JSON)"
        rows={3}
        value={edit.result}
        problem={problem}
        onChange={(result) => {
          onChange({ ...edit, result });
        }}
      />
      <Remove onRemove={onChange} what="this result" />
    </fieldset>
  );
}

function Remove({ onRemove, what }: { readonly onRemove: (edit: undefined) => void; readonly what: string }) {
  return (
    <button
      type="button"
      className="ghost"
      onClick={() => {
        onRemove(undefined);
      }}
    >
      Leave {what} as it was
    </button>
  );
}
