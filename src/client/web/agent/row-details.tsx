import type { ReactNode } from 'react';
import type { TimelineItem } from '../../../contracts/timeline.ts';
import { DecisionsSoFar } from '../approval/decisions-so-far.tsx';
import { Link } from '../navigation.tsx';
import { durationText } from '../text/duration.ts';
import { JsonView } from '../text/json-view.tsx';
import { At } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { CallDetails } from './details/call-details.tsx';
import { Facts } from './details/facts.tsx';
import { ModelDetails } from './details/model-details.tsx';
import { messageText, speakerOf } from './lines/message-line.tsx';

interface Props {
  readonly item: TimelineItem;
  readonly agent: string;
  /** What can be done from here. */
  readonly children: ReactNode;
}

/** The whole of what a line of the timeline only begins to show. */
export function RowDetails({ item, agent, children }: Props) {
  return (
    <>
      <header>
        <h2>
          <UntrustedText text={titleOf(item)} />
        </h2>
        <p className="quiet">
          Turn {item.turn}, <At at={item.at} />
          {item.endedAt !== undefined &&
            item.endedAt > item.at &&
            `, ${durationText(item.endedAt - item.at)}`}
        </p>
      </header>
      {children}
      <Details item={item} agent={agent} />
    </>
  );
}

function titleOf(item: TimelineItem): string {
  switch (item.kind) {
    case 'message':
      return item.what === 'instructions' ? 'Instructions' : speakerOf(item);
    case 'model':
      return item.failure ? 'The model failed' : item.reply ? 'The agent said' : 'The model is asked';
    case 'call':
      return item.name;
    case 'approval':
      return `Approval ${item.approval.id}`;
    case 'wait':
      return `Waits: ${item.wait.replaceAll('_', ' ')}`;
    case 'transition': {
      const { from, to } = item.transition;
      return from === to ? 'A message' : `${from} → ${to}`;
    }
    case 'agent':
      return item.child.agent;
    case 'end':
      return item.outcome.status;
    case 'crew':
      return 'The crew';
    case 'turn':
    case 'gap':
    case 'condensed':
      return '';
  }
}

function Details({ item, agent }: { readonly item: TimelineItem; readonly agent: string }) {
  switch (item.kind) {
    case 'message':
      return (
        <>
          <p className="words">
            <UntrustedText text={messageText(item)} multiline />
          </p>
          {item.readAt === undefined && <p className="quiet">The agent has not read it yet.</p>}
          {item.readIn !== undefined && item.readIn !== item.turn && (
            <p className="quiet">Read in turn {item.readIn}.</p>
          )}
        </>
      );
    case 'model':
      return <ModelDetails item={item} />;
    case 'call':
      return <CallDetails item={item} agent={agent} />;
    case 'approval':
      return <ApprovalDetails item={item} agent={agent} />;
    case 'wait':
      return (
        <Facts
          of={[
            ['Why', <UntrustedText text={item.summary} multiline />],
            ['Until', item.deadline === undefined ? undefined : <At at={item.deadline} />],
            [
              'Ended by',
              item.endedBy && <UntrustedText text={`${item.endedBy.cause} (${item.endedBy.actor})`} />,
            ],
          ]}
        />
      );
    case 'transition': {
      const { actor, cause, revision } = item.transition;
      return (
        <Facts
          of={[
            ['By', <UntrustedText text={actor} />],
            ['Because', <UntrustedText text={cause} multiline />],
            ['Revision', String(revision)],
          ]}
        />
      );
    }
    case 'agent':
      return <AgentDetails item={item} />;
    case 'end':
      return <JsonView value={item.outcome} label="How it ended" />;
    case 'crew':
      return (
        <p>
          <UntrustedText text={item.text} />
        </p>
      );
    case 'turn':
    case 'gap':
    case 'condensed':
      return null;
  }
}

type Of<Kind extends TimelineItem['kind']> = Extract<TimelineItem, { kind: Kind }>;

function ApprovalDetails({ item, agent }: { readonly item: Of<'approval'>; readonly agent: string }) {
  const { approval } = item;
  const decisions = approval.decisions.map((made) => ({ ...made, at: new Date(made.at).toISOString() }));
  return (
    <>
      <p className="words">
        <UntrustedText text={approval.summary} multiline />
      </p>
      <Facts
        of={[
          ['State', approval.status],
          ['Rule', approval.rule === undefined ? undefined : <UntrustedText text={approval.rule} />],
        ]}
      />
      <h3>Decisions</h3>
      <DecisionsSoFar approval={{ ...approval, decisions }} />
      <p>
        <Link to={{ page: 'approval', agent, approval: approval.id }}>See the approval</Link>
      </p>
    </>
  );
}

function AgentDetails({ item: { child } }: { readonly item: Of<'agent'> }) {
  const { id, status, input, usage } = child;
  return (
    <>
      <p>
        <Link to={{ page: 'agent', agent: id }}>
          <UntrustedText text={id} />
        </Link>
      </p>
      <Facts
        of={[
          ['State', status],
          ['Asked', <UntrustedText text={input} multiline />],
          ['Used', usage && `${usage.turns} turns, $${usage.usd.toFixed(2)}`],
        ]}
      />
    </>
  );
}
