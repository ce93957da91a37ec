import { useState } from 'react';
import type { AgentAction } from '../api/agents.ts';
import { ComposerButtons } from '../controls/composer-buttons.tsx';
import { TextField } from '../controls/text-field.tsx';

type Verb = AgentAction['kind'];

export const actionWords: Readonly<
  Record<Verb, { button: string; asks: string; effect: string; isNeeded: boolean }>
> = {
  budget: { button: 'Extend …', asks: '', effect: '', isNeeded: true },
  messages: {
    button: 'Message',
    asks: 'What you say',
    effect: 'The agent reads it before its next turn.',
    isNeeded: true,
  },
  pause: {
    button: 'Pause',
    asks: 'Reason (optional)',
    effect: 'Nothing new starts until somebody resumes it.',
    isNeeded: false,
  },
  resume: { button: 'Resume', asks: 'Reason (optional)', effect: 'It goes on where it is.', isNeeded: false },
  stop: {
    button: 'Stop',
    asks: 'Reason (optional)',
    effect: 'It ends for good, after the calls in flight.',
    isNeeded: false,
  },
  cancel: {
    button: 'Cancel agent',
    asks: 'Reason (optional)',
    effect: 'It ends for good and at once. What a call in flight has done by then stays done.',
    isNeeded: false,
  },
};

interface FormProps {
  readonly verb: Exclude<Verb, 'budget'>;
  /** Of the agent as it is when the form opens. */
  readonly revision: number | undefined;
  readonly isPending: boolean;
  readonly onSend: (request: AgentAction) => void;
  readonly onCancel: () => void;
}

/** The second step of telling an agent something: what follows, what goes with it, and the button that sends it. */
export function ActionForm({ verb, revision, isPending, onSend, onCancel }: FormProps) {
  const [seen] = useState(revision);
  const [text, setText] = useState('');
  const { button, asks, effect, isNeeded } = actionWords[verb];
  const send = (): void => {
    const said = text.trim();
    const based = seen === undefined ? {} : { revision: seen };
    if (verb === 'messages') onSend({ kind: verb, text: said, ...based });
    else onSend({ kind: verb, ...(said === '' ? {} : { reason: said }), ...based });
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <p className="effect">{effect}</p>
      <TextField
        label={asks}
        rows={verb === 'messages' ? 3 : 1}
        autoFocus
        value={text}
        isDisabled={isPending}
        onChange={setText}
      />
      <ComposerButtons
        {...{ button, isPending, onCancel }}
        back="Back"
        isDangerous={verb === 'stop' || verb === 'cancel'}
        isReady={!isNeeded || text.trim() !== ''}
      />
    </form>
  );
}
