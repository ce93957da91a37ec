import { useState } from 'react';
import { isNothing, type Undone } from '../../../contracts/rewind.ts';
import type { StatusDocument } from '../../../contracts/status.ts';
import { useRewind, useUndone } from '../api/time-travel.ts';
import { Dialog } from '../controls/dialog.tsx';
import { ErrorView } from '../controls/error-view.tsx';
import { Loading } from '../controls/loading.tsx';
import { TextField } from '../controls/text-field.tsx';
import { useSettled } from '../agent/use-settled.ts';
import { isAtWork } from '../agent/moving.ts';
import { visibleText } from '../text/visible-text.ts';
import { UndoneList } from './undone-list.tsx';

interface Props {
  readonly status: StatusDocument;
  readonly turn: number;
  readonly onRewound: () => void;
  readonly onClose: () => void;
}

/** Sends the agent back to the end of a turn, after it was said what stays done and what is forgotten. */
export function RewindDialog({ status, turn, onRewound, onClose }: Props) {
  const { agent } = status;
  const [text, setText] = useState(String(turn));
  const settled = useSettled(text.trim());
  const wanted = readTurn(settled, status.turn);
  const undone = useUndone(agent, wanted);
  return (
    <Dialog title={`Rewind ${visibleText(agent)}`} onClose={onClose}>
      <div className="composer">
        <p className="quiet">
          The same agent goes on from the end of a turn, and does not know what came after. To try something
          else and keep this agent as it is, fork it.
        </p>
        <TextField
          label="Back to the end of turn"
          inputMode="numeric"
          value={text}
          problem={wanted === undefined ? `A turn from 0 to ${status.turn}.` : undefined}
          about="0 is the beginning; the definition is read again there."
          onChange={setText}
        />
        {isAtWork(status) && (
          <p className="obstacle">It is at work: pause it first, so that no more happens meanwhile.</p>
        )}
        {undone.error && <ErrorView error={undone.error} onRetry={() => void undone.refetch()} />}
        {undone.isLoading && <Loading what="what happened since" />}
        {undone.data && wanted !== undefined && (
          <Agreement
            key={`${wanted} ${undone.dataUpdatedAt}`}
            {...{ status, undone: undone.data, turn: wanted, onRewound, onClose }}
            onConflict={() => void undone.refetch()}
          />
        )}
      </div>
    </Dialog>
  );
}

function readTurn(text: string, last: number): number | undefined {
  return /^\d{1,9}$/.test(text) && Number(text) <= last ? Number(text) : undefined;
}

interface AgreementProps extends Props {
  readonly undone: Undone;
  readonly onConflict: () => void;
}

/** What is left behind, the yes to it, and the button. */
function Agreement({ status, undone, turn, onRewound, onClose, onConflict }: AgreementProps) {
  // As it was when this was shown: what happens meanwhile was not agreed to.
  const [revision] = useState(status.revision);
  const [isAgreed, setIsAgreed] = useState(false);
  const [reason, setReason] = useState('');
  const rewind = useRewind(status.agent);
  const isUnasked = isNothing(undone);
  const send = (): void => {
    rewind.mutate(
      { turn, revision, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) },
      {
        onSuccess: () => {
          onClose();
          onRewound();
        },
      },
    );
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (!rewind.isPending) send();
      }}
    >
      <UndoneList undone={undone} />
      <TextField
        label="Reason (optional)"
        value={reason}
        isDisabled={rewind.isPending}
        onChange={setReason}
      />
      {!isUnasked && (
        <label className="choice agree">
          <input
            type="checkbox"
            checked={isAgreed}
            disabled={rewind.isPending}
            onChange={(event) => {
              setIsAgreed(event.target.checked);
            }}
          />
          Yes: what is done stays done, and the rest is forgotten
        </label>
      )}
      {rewind.error && <ErrorView error={rewind.error} onRetry={onConflict} />}
      <div className="buttons">
        <button
          type="submit"
          className="danger"
          disabled={rewind.isPending || undone.children.length > 0 || !(isAgreed || isUnasked)}
        >
          {rewind.isPending ? 'Going back …' : `Rewind to turn ${turn}`}
        </button>
      </div>
    </form>
  );
}
