import { useState } from 'react';
import { mayActAs } from '../../../contracts/role.ts';
import type { StatusDocument } from '../../../contracts/status.ts';
import { type AgentAction, useAgentAction } from '../api/agents.ts';
import { Problem } from '../api/problem.ts';
import { useMe } from '../api/session.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { ActionForm, actionWords } from './action-form.tsx';
import { ExtendForm } from './extend-form.tsx';
import { hasEnded, isAtWork } from './moving.ts';
import type { Travel } from './travel.tsx';

type Verb = AgentAction['kind'];

interface Props {
  readonly status: StatusDocument;
  readonly onTravel: (travel: Travel) => void;
}

/** What people may tell an agent or do with it, in two steps: what follows is said before it is done. */
export function AgentActions({ status, onTravel }: Props) {
  const { data: me } = useMe();
  const action = useAgentAction(status.agent);
  const [verb, setVerb] = useState<Verb>();
  if (me === undefined) return null;
  if (!mayActAs(me.role, 'operator'))
    return <p className="quiet">You can look. Telling an agent something needs the role operator.</p>;
  const isAdmin = mayActAs(me.role, 'admin');
  const leave = (): void => {
    setVerb(undefined);
  };
  const send = (request: AgentAction): void => {
    action.mutate(request, { onSuccess: leave });
  };
  const isPending = action.isPending;
  return (
    <section className="agent-actions" aria-label="Tell the agent">
      {action.error && <ErrorView error={action.error} />}
      {action.error && <SendAllTheSame error={action.error} request={action.variables} onSend={send} />}
      {verb === undefined ? (
        <div className="buttons">
          {verbsFor(status).map((one) => (
            <button
              key={one}
              type="button"
              className={one === 'stop' || one === 'cancel' ? 'danger-quiet' : ''}
              disabled={isPending || (one === 'budget' && !isAdmin)}
              title={one === 'budget' && !isAdmin ? 'Extending a budget needs the role admin.' : undefined}
              onClick={() => {
                action.reset();
                setVerb(one);
              }}
            >
              {actionWords[one].button}
            </button>
          ))}
          <TravelButtons {...{ status, onTravel }} mayRewind={isAdmin} />
        </div>
      ) : verb === 'budget' ? (
        <ExtendForm isPending={isPending} onSend={send} onCancel={leave} />
      ) : (
        <ActionForm
          key={verb}
          verb={verb}
          // While it works, its revision says nothing about what a person has seen of it.
          revision={isAtWork(status) ? undefined : status.revision}
          isPending={isPending}
          onSend={send}
          onCancel={leave}
        />
      )}
    </section>
  );
}

function verbsFor(status: StatusDocument): Verb[] {
  return hasEnded(status) ? [] : ['messages', status.paused ? 'resume' : 'pause', 'budget', 'stop', 'cancel'];
}

function TravelButtons({ status, onTravel, mayRewind }: Props & { readonly mayRewind: boolean }) {
  const { turn } = status;
  return (
    <>
      <button
        type="button"
        onClick={() => {
          onTravel({ kind: 'fork', point: { turn: hasEnded(status) ? turn : Math.max(0, turn - 1) } });
        }}
      >
        Fork …
      </button>
      <button
        type="button"
        className="danger-quiet"
        disabled={!mayRewind}
        title={mayRewind ? undefined : 'Rewinding needs the role admin.'}
        onClick={() => {
          onTravel({ kind: 'rewind', turn: Math.max(0, turn - 1) });
        }}
      >
        Rewind …
      </button>
    </>
  );
}

interface AgainProps {
  readonly error: Error;
  readonly request: AgentAction | undefined;
  readonly onSend: (request: AgentAction) => void;
}

/** The agent has moved on since its state was seen; whoever means it whatever the state is may say so. */
function SendAllTheSame({ error, request, onSend }: AgainProps) {
  if (!(error instanceof Problem) || error.code !== 'Conflict' || request?.revision === undefined)
    return null;
  const { revision: _seen, ...rest } = request;
  return (
    <div className="buttons">
      <button
        type="button"
        onClick={() => {
          onSend(rest);
        }}
      >
        {actionWords[request.kind].button} all the same
      </button>
    </div>
  );
}
