import type { Undone } from '../../../contracts/rewind.ts';
import { Link } from '../navigation.tsx';
import { At } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { oneLine } from '../text/visible-text.ts';

/** What going back leaves behind: effects stay done, decisions and messages are forgotten. */
export function UndoneList({ undone }: { readonly undone: Undone }) {
  const { effects, decisions, messages, children } = undone;
  return (
    <>
      {children.length > 0 && (
        <p className="notice trouble">
          Agents that were started since are still at work. Stop them first:{' '}
          {children.map((agent) => (
            <span key={agent} className="name">
              <Link to={{ page: 'agent', agent }}>
                <UntrustedText text={agent} />
              </Link>
            </span>
          ))}
        </p>
      )}
      <h3>Stays done</h3>
      {effects.length === 0 ? (
        <p className="quiet">Nothing outside was changed since.</p>
      ) : (
        <ul className="bulk-list" tabIndex={0} aria-label="Stays done">
          {effects.map(({ key, turn, tool, effect, args }) => (
            <li key={key}>
              <strong>
                <UntrustedText text={tool} />
              </strong>{' '}
              in turn {turn} <span className="quiet">{againWords[effect]}</span>
              <br />
              <code>
                <UntrustedText text={oneLine(JSON.stringify(args))} />
              </code>
            </li>
          ))}
        </ul>
      )}
      <h3>Is forgotten</h3>
      {decisions.length === 0 && messages === 0 ? (
        <p className="quiet">Nobody decided or said anything since.</p>
      ) : (
        <ul className="bulk-list" tabIndex={0} aria-label="Is forgotten">
          {decisions.map(({ at, by, what }) => (
            <li key={`${at} ${what}`}>
              <strong>
                <UntrustedText text={what} />
              </strong>{' '}
              by <UntrustedText text={by} />, <At at={at} />
            </li>
          ))}
          {messages > 0 && (
            <li>{messages === 1 ? '1 message or event' : `${messages} messages and events`}</li>
          )}
        </ul>
      )}
    </>
  );
}

/** What happens to an effect if the agent asks for the same call again. */
const againWords = {
  pure: '',
  idempotent: 'the same call again counts once',
  reconcilable: 'before the same call again, it is looked whether it was done',
  once: 'the same call again does it a second time',
} as const;
