import { Link } from '../navigation.tsx';
import { durationText } from '../text/duration.ts';
import { JsonView } from '../text/json-view.tsx';
import { At } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { ValuesTable } from '../approval/values-table.tsx';
import type { CallRow, ChangeRow, SaidRow, TimelineRow } from './timeline-rows.ts';

/** The whole of what a line of the timeline only begins to show. */
export function RowDetails({ row, agent }: { readonly row: TimelineRow; readonly agent: string }) {
  switch (row.kind) {
    case 'said':
      return <SaidDetails row={row} />;
    case 'call':
      return <CallDetails row={row} />;
    case 'change':
      return <ChangeDetails row={row} agent={agent} />;
    case 'turn':
    case 'gap':
      return null;
  }
}

function Head({ row, title }: { readonly row: TimelineRow; readonly title: string }) {
  return (
    <header>
      <h2>
        <UntrustedText text={title} />
      </h2>
      <p className="quiet">
        Turn {row.turn}, <At at={row.at} />
      </p>
    </header>
  );
}

function SaidDetails({ row }: { readonly row: SaidRow }) {
  const title = { instructions: 'Instructions', person: row.by ?? 'Requester', agent: 'The agent said' }[
    row.who
  ];
  return (
    <>
      <Head row={row} title={title} />
      <p className="words">
        <UntrustedText text={row.text} multiline />
      </p>
    </>
  );
}

function CallDetails({ row }: { readonly row: CallRow }) {
  const { name, args, told, at } = row;
  return (
    <>
      <Head row={row} title={name} />
      <h3>Input</h3>
      {args.type === 'parsed' ? (
        <ValuesTable values={args.value} none="It has no arguments." />
      ) : (
        <>
          <p className="problem">
            <UntrustedText text={args.reason} />
          </p>
          <JsonView value={args.text} label="Arguments as the model wrote them" />
        </>
      )}
      <h3>Output</h3>
      {told === undefined ? (
        <p className="quiet">None yet: it runs, or waits.</p>
      ) : (
        <>
          <p className="quiet">
            <At at={told.at} />, after {durationText(told.at - at)}
          </p>
          <Output told={told} />
        </>
      )}
    </>
  );
}

function Output({ told: { outcome, text } }: { readonly told: NonNullable<CallRow['told']> }) {
  if (outcome === undefined) return <JsonView value={text} label="Output" />;
  if (!outcome.ok)
    return (
      <p className="notice trouble">
        <strong>{outcome.error.type}</strong> <UntrustedText text={outcome.error.message} multiline />
      </p>
    );
  return (
    <>
      {outcome.doneBy !== undefined && (
        <p>
          Done by <UntrustedText text={outcome.doneBy} />
        </p>
      )}
      <JsonView value={outcome.result} label="Output" />
    </>
  );
}

/** Approvals are named by their turn, the place of the call in it and a hash. */
const approvalId = /\bt\d+-\d+-[0-9a-f]{6}\b/;

function ChangeDetails({ row, agent }: { readonly row: ChangeRow; readonly agent: string }) {
  const { from, to, actor, cause, revision } = row.transition;
  const approval = approvalId.exec(cause)?.[0];
  return (
    <>
      <Head row={row} title={from === to ? 'A message' : `${from} → ${to}`} />
      <dl className="values compact">
        <div>
          <dt>By</dt>
          <dd>
            <UntrustedText text={actor} />
          </dd>
        </div>
        <div>
          <dt>Because</dt>
          <dd>
            <UntrustedText text={cause} multiline />
          </dd>
        </div>
        <div>
          <dt>Revision</dt>
          <dd>{revision}</dd>
        </div>
      </dl>
      {approval !== undefined && <Link to={{ page: 'approval', agent, approval }}>See the approval</Link>}
    </>
  );
}
