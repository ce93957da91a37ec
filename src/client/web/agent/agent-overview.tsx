import type { ReactNode } from 'react';
import type { StatusDocument } from '../../../contracts/status.ts';
import { StatusBadge } from '../controls/badge.tsx';
import { Link } from '../navigation.tsx';
import { Age, Countdown } from '../text/times.tsx';
import { hasEnded } from './moving.ts';
import { AuditPart } from './audit-part.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { oneLine } from '../text/visible-text.ts';
import { StandingGrants } from './standing-grants.tsx';

/** What the agent has used of its budget, what runs now, what it noted, and whom it delegated to. */
export function AgentOverview({ status }: { readonly status: StatusDocument }) {
  const { calls, notes, children = [], labels, queued } = status;
  return (
    <>
      <Budget status={status} />
      <Part title="In flight" isShown={calls.length > 0}>
        <ul className="plain">
          {calls.map(({ index, tool, status: state, since }) => (
            <li key={index}>
              <code>
                <UntrustedText text={tool} />
              </code>{' '}
              {state}{' '}
              <span className="quiet">
                for <Age at={since} />
              </span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title="Queued" isShown={queued.messages + queued.events > 0}>
        <p>
          {queued.messages} messages, {queued.events} events
        </p>
      </Part>
      <Part title="Agents below" isShown={children.length > 0}>
        <Below agents={children} />
      </Part>
      <Part title="Leave given ahead" isShown={(status.grants ?? []).length > 0}>
        <StandingGrants status={status} />
      </Part>
      <Part title="Notes" isShown={notes.length > 0}>
        <ul className="plain">
          {notes.map((note, index) => (
            <li key={index}>
              <UntrustedText text={note} multiline />
            </li>
          ))}
        </ul>
      </Part>
      <Part title="Record" isShown>
        <AuditPart agent={status.agent} />
      </Part>
      <Part title="Labels" isShown={Object.keys(labels).length > 0}>
        <dl className="values compact">
          {Object.entries(labels).map(([name, value]) => (
            <div key={name}>
              <dt>
                <UntrustedText text={name} />
              </dt>
              <dd>
                <UntrustedText text={value} />
              </dd>
            </div>
          ))}
        </dl>
      </Part>
    </>
  );
}

function Part({
  title,
  isShown,
  children,
}: {
  readonly title: string;
  readonly isShown: boolean;
  readonly children: ReactNode;
}) {
  if (!isShown) return null;
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Budget({ status }: { readonly status: StatusDocument }) {
  const { usage, budget } = status;
  const tokens = usage.inputTokens + usage.outputTokens;
  return (
    <section>
      <h2>Budget</h2>
      <dl className="meters">
        <Meter name="Turns" used={usage.turns} most={budget.turns} />
        <Meter name="Tokens" used={tokens} most={budget.tokens} />
        <Meter name="Cost" used={usage.usd} most={budget.usd} unit="$" />
        {!hasEnded(status) && (
          <div>
            <dt>Time</dt>
            <dd>
              ends <Countdown at={budget.deadline} />
            </dd>
          </div>
        )}
      </dl>
      <p className="quiet">
        {usage.inputTokens.toLocaleString()} tokens read, {usage.outputTokens.toLocaleString()} written
      </p>
    </section>
  );
}

interface MeterProps {
  readonly name: string;
  readonly used: number;
  readonly most: number | undefined;
  readonly unit?: string;
}

function Meter({ name, used, most, unit = '' }: MeterProps) {
  const text = (value: number): string =>
    unit === '' ? value.toLocaleString() : `${unit}${value.toFixed(2)}`;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {text(used)}
        {most !== undefined && <span className="quiet"> of {text(most)}</span>}
        {most !== undefined && <meter min={0} max={most} value={used} aria-label={`${name} used`} />}
      </dd>
    </div>
  );
}

function Below({ agents }: { readonly agents: NonNullable<StatusDocument['children']> }) {
  return (
    <ul className="plain below">
      {agents.map(({ agent, definition, status, input, usage }) => (
        <li key={agent}>
          <p>
            <Link to={{ page: 'agent', agent }}>
              <UntrustedText text={agent} />
            </Link>{' '}
            <StatusBadge status={status} />
          </p>
          <p className="quiet">
            <UntrustedText text={definition} />
            {usage && `, ${usage.turns} turns, $${usage.usd.toFixed(2)}`}
          </p>
          <p>
            <UntrustedText text={oneLine(input)} />
          </p>
        </li>
      ))}
    </ul>
  );
}
