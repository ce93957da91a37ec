import type { StatusDocument } from '../../../contracts/status.ts';
import type { Live } from '../api/live.ts';
import { useMe } from '../api/session.ts';
import { StatusBadge } from '../controls/badge.tsx';
import { LiveMark } from '../controls/live-mark.tsx';
import { Sender } from '../controls/sender.tsx';
import { Link } from '../navigation.tsx';
import { JsonView } from '../text/json-view.tsx';
import { Age } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { AgentActions } from './agent-actions.tsx';
import type { Travel } from './travel.tsx';
import { Waits } from './waits.tsx';

interface Props {
  readonly status: StatusDocument;
  readonly live: Live;
  readonly onTravel: (travel: Travel) => void;
}

/** Who it is, what it is at, and what keeps it from moving. */
export function AgentHead({ status, live, onTravel }: Props) {
  const { agent, definition, requester, requesterSignedInAs, input, paused, result, failure } = status;
  return (
    <header className="agent-head">
      <Origin status={status} />
      <div className="agent-title">
        <h1>
          <UntrustedText text={agent} />
        </h1>
        <StatusBadge status={status.status} />
        <span className="quiet">
          for <Age at={status.since} />, turn {status.turn}
        </span>
        <LiveMark live={live} />
        <WebUiLink agent={agent} />
      </div>
      <p className="about">
        of <UntrustedText text={definition.name} />
        {requester !== undefined && (
          <>
            {' for '}
            <Sender by={requester} signedInAs={requesterSignedInAs} />
          </>
        )}
      </p>
      <p className="goal">
        <UntrustedText text={input} multiline />
      </p>
      {paused && (
        <p className="notice" role="status">
          Paused by <Sender by={paused.by} signedInAs={paused.signedInAs} /> <Age at={paused.at} /> ago
          {paused.reason !== undefined && (
            <>
              : <UntrustedText text={paused.reason} />
            </>
          )}
        </p>
      )}
      <Waits status={status} />
      {failure && (
        <p className="notice trouble">
          <strong>
            <UntrustedText text={failure.type} />
          </strong>{' '}
          <UntrustedText text={failure.message} multiline />
        </p>
      )}
      {result !== undefined && (
        <details className="result" open>
          <summary>Result</summary>
          <JsonView value={result} label="Result" />
        </details>
      )}
      <AgentActions status={status} onTravel={onTravel} />
    </header>
  );
}

/** Back to the list, and the agent that it comes from. */
function Origin({ status: { parent, fork } }: { readonly status: StatusDocument }) {
  return (
    <p className="back">
      <Link to={{ page: 'agents', filters: {} }}>← Agents</Link>
      {parent !== undefined && (
        <>
          {' below '}
          <Link to={{ page: 'agent', agent: parent }}>
            <UntrustedText text={parent} />
          </Link>
        </>
      )}
      {fork && (
        <>
          {' · fork of '}
          <Link to={{ page: 'agent', agent: fork.agent }}>
            <UntrustedText text={fork.agent} />
          </Link>
          {` from turn ${fork.turn}, its tools ${fork.tools}`}
        </>
      )}
    </p>
  );
}

/** For engineers: the same agent as a workflow, if the server knows where Temporal's Web UI is. */
function WebUiLink({ agent }: { readonly agent: string }) {
  const { data: me } = useMe();
  if (me?.temporalUi === undefined) return null;
  return (
    <a href={`${me.temporalUi}/workflows/${encodeURIComponent(agent)}`} target="_blank" rel="noreferrer">
      Temporal Web UI ↗
    </a>
  );
}
