import { useState } from 'react';
import type { StatusDocument } from '../../../contracts/status.ts';
import { type AgentAction, useAgentAction } from '../api/agents.ts';
import { useMayActAs } from '../api/session.ts';
import { ErrorView } from '../controls/error-view.tsx';

type Verb = AgentAction['kind'];

const words: Readonly<Record<Verb, { button: string; asks: string; effect: string; isNeeded: boolean }>> = {
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
};

/** What people may tell an agent, in two steps: what follows is said before it is done. */
export function AgentActions({ status }: { readonly status: StatusDocument }) {
  const mayAct = useMayActAs('operator');
  const action = useAgentAction(status.agent);
  const [verb, setVerb] = useState<Verb>();
  const hasEnded = ['completed', 'failed', 'cancelled'].includes(status.status);
  if (!mayAct || hasEnded) return null;
  const verbs: Verb[] = ['messages', status.paused ? 'resume' : 'pause', 'stop'];
  const send = (text: string): void => {
    if (verb === undefined) return;
    const request: AgentAction =
      verb === 'messages' ? { kind: verb, text } : { kind: verb, ...(text === '' ? {} : { reason: text }) };
    action.mutate(request, {
      onSuccess: () => {
        setVerb(undefined);
      },
    });
  };
  return (
    <section className="agent-actions" aria-label="Tell the agent">
      {action.error && <ErrorView error={action.error} />}
      {verb === undefined ? (
        <div className="buttons">
          {verbs.map((one) => (
            <button
              key={one}
              type="button"
              className={one === 'stop' ? 'danger-quiet' : ''}
              onClick={() => {
                action.reset();
                setVerb(one);
              }}
            >
              {words[one].button}
            </button>
          ))}
        </div>
      ) : (
        <ActionForm
          key={verb}
          verb={verb}
          isPending={action.isPending}
          onSend={send}
          onCancel={() => {
            setVerb(undefined);
          }}
        />
      )}
    </section>
  );
}

interface FormProps {
  readonly verb: Verb;
  readonly isPending: boolean;
  readonly onSend: (text: string) => void;
  readonly onCancel: () => void;
}

function ActionForm({ verb, isPending, onSend, onCancel }: FormProps) {
  const [text, setText] = useState('');
  const { button, asks, effect, isNeeded } = words[verb];
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(text.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <p className="effect">{effect}</p>
      <label className="field">
        {asks}
        <textarea
          rows={verb === 'messages' ? 3 : 1}
          autoFocus
          value={text}
          disabled={isPending}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </label>
      <div className="buttons">
        <button
          type="submit"
          className={verb === 'stop' ? 'danger' : 'primary'}
          disabled={isPending || (isNeeded && text.trim() === '')}
        >
          {isPending ? 'Sending …' : `Confirm: ${button}`}
        </button>
        <button type="button" className="ghost" disabled={isPending} onClick={onCancel}>
          Cancel <kbd>Esc</kbd>
        </button>
      </div>
    </form>
  );
}
