import type { CallItem } from '../../../../contracts/timeline.ts';
import { Changes } from '../../approval/changes.tsx';
import { ValuesTable } from '../../approval/values-table.tsx';
import { Link } from '../../navigation.tsx';
import { durationText } from '../../text/duration.ts';
import { JsonView } from '../../text/json-view.tsx';
import { At } from '../../text/times.tsx';
import { UntrustedText } from '../../text/untrusted-text.tsx';
import { CallChain } from './call-chain.tsx';
import { Facts } from './facts.tsx';
import { StepList } from './step-list.tsx';

/** A call whole: what was asked for, by what rule and whose leave it ran, and what came of it. */
export function CallDetails({ item, agent }: { readonly item: CallItem; readonly agent: string }) {
  return (
    <>
      <h3>How it came about</h3>
      <CallChain item={item} agent={agent} />
      <h3>Input</h3>
      <Arguments args={item.args} />
      <h3>Policy</h3>
      <Policy item={item} agent={agent} />
      <h3>Output</h3>
      <Output item={item} />
      <Facts
        of={[
          ['Effect', item.effect],
          [
            'Key',
            <code className="long">
              <UntrustedText text={item.key} />
            </code>,
          ],
        ]}
      />
      <StepList steps={item.steps} />
    </>
  );
}

function Arguments({ args: { proposed, edited, executed } }: Pick<CallItem, 'args'>) {
  if (proposed.type === 'malformed')
    return (
      <>
        <p className="problem">
          <UntrustedText text={proposed.reason} />
        </p>
        <JsonView value={proposed.text} label="Arguments as the model wrote them" />
      </>
    );
  if (edited)
    return (
      <>
        <p className="quiet">
          As a person changed what the model proposed{executed ? ', and as it ran' : ''}:
        </p>
        <Changes proposed={proposed.value} edited={edited} />
      </>
    );
  return <ValuesTable values={proposed.value} none="It has no arguments." />;
}

function Policy({ item, agent }: { readonly item: CallItem; readonly agent: string }) {
  const { verdicts, facts, approvals, leave } = item;
  return (
    <>
      {verdicts.length === 0 && <p className="quiet">It was not asked.</p>}
      <ol className="plain">
        {verdicts.map(({ mode, reason, rule, at }, index) => (
          <li key={index}>
            <strong>{mode}</strong> {rule === undefined ? '' : <UntrustedText text={`by rule ${rule} `} />}
            because <UntrustedText text={reason} /> · <At at={at} short />
          </li>
        ))}
      </ol>
      {Object.keys(facts).length > 0 && (
        <details>
          <summary>Facts</summary>
          <ValuesTable values={facts} none="There are none." />
        </details>
      )}
      {leave && (
        <p>
          {leave.grant === true ? 'Leave given ahead by' : 'Leave by'} <UntrustedText text={leave.by} />
        </p>
      )}
      {approvals.map((approval) => (
        <p key={approval}>
          <Link to={{ page: 'approval', agent, approval }}>
            See the approval <UntrustedText text={approval} />
          </Link>
        </p>
      ))}
    </>
  );
}

function Output({ item: { outcome, status, at, endedAt } }: { readonly item: CallItem }) {
  if (!outcome)
    return (
      <p className="quiet">
        {status === 'dropped' ? 'None: the agent ended first.' : 'None yet: it runs, or waits.'}
      </p>
    );
  return (
    <>
      {endedAt !== undefined && (
        <p className="quiet">
          <At at={endedAt} />, after {durationText(endedAt - at)}
        </p>
      )}
      {!outcome.ok && (
        <p className="notice trouble">
          <strong>
            <UntrustedText text={outcome.error.type} />
          </strong>{' '}
          <UntrustedText text={outcome.error.message} multiline />
        </p>
      )}
      {outcome.ok && outcome.doneBy !== undefined && (
        <p>
          Done by <UntrustedText text={outcome.doneBy} />
        </p>
      )}
      {outcome.ok && <JsonView value={outcome.result} label="Output" />}
    </>
  );
}
