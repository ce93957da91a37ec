import { RecentTurns } from '../agent/recent-turns.tsx';
import { Countdown } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import type { JsonObject } from '../../../contracts/json.ts';
import { AnswerFields } from './answer-fields.tsx';
import { ApprovalHead } from './approval-head.tsx';
import { ClosedNotice } from './closed-notice.tsx';
import { decidersText } from './deciders.ts';
import { DecisionBar } from './decision-bar.tsx';
import { DecisionsSoFar } from './decisions-so-far.tsx';
import { descriptionsIn, type ShownApproval } from './shown-approval.ts';
import { LeaveAhead } from './leave-ahead.tsx';
import { type PanelHeading, PanelSection } from './panel-section.tsx';
import { ValuesTable } from './values-table.tsx';

interface Props {
  readonly shown: ShownApproval;
  readonly heading: PanelHeading;
}

/** Everything that whoever decides binds themselves to, trusted facts first. */
export function ApprovalPanel({ shown, heading }: Props) {
  const { approval, state, agent, turn } = shown;
  const { subject } = approval;
  const isOfCall = subject !== 'question' && subject !== 'budget';
  return (
    <article className="approval">
      <ApprovalHead shown={shown} heading={heading} />
      {state !== 'open' && <ClosedNotice shown={shown} />}
      {isOfCall && (
        <PanelSection under={heading} title="Facts" note="what the tool found in trusted data">
          <ValuesTable
            isDense
            values={approval.facts}
            none="The tool establishes no facts of its own for this call."
          />
        </PanelSection>
      )}
      <PanelSection
        under={heading}
        title={isOfCall ? 'Arguments' : subject === 'budget' ? 'What would be added' : 'The question'}
        note={isOfCall && <ArgumentsNote tool={approval.tool} />}
      >
        <ValuesTable
          values={approval.form ? withoutForm(approval.args) : approval.args}
          descriptions={descriptionsIn(shown.inputSchema)}
          none="It has no arguments."
        />
      </PanelSection>
      {approval.form && (
        <PanelSection under={heading} title="What the answer has">
          <AnswerFields form={approval.form} />
        </PanelSection>
      )}
      <DecisionBar key={approval.id} shown={shown} />
      <PanelSection under={heading} title="Why you are asked">
        <Reason shown={shown} />
        {state === 'open' && <LeaveAhead shown={shown} />}
      </PanelSection>
      <PanelSection under={heading} title="Decisions">
        <DecisionsSoFar approval={approval} />
      </PanelSection>
      {turn !== undefined && (
        <PanelSection under={heading} title="Last turns">
          <RecentTurns agent={agent} turn={turn} />
        </PanelSection>
      )}
    </article>
  );
}

function withoutForm({ form: _drawn, ...asked }: JsonObject): JsonObject {
  return asked;
}

function ArgumentsNote({ tool }: { readonly tool: string }) {
  return (
    <>
      exactly what{' '}
      <code>
        <UntrustedText text={tool} />
      </code>{' '}
      would get; the model chose them
    </>
  );
}

/** Why people are asked at all, and what the answer is bound to. */
function Reason({ shown: { approval, toolDescription, effect } }: { readonly shown: ShownApproval }) {
  return (
    <dl className="values compact">
      {approval.rule !== undefined && (
        <div>
          <dt>Rule</dt>
          <dd>
            <code>
              <UntrustedText text={approval.rule} />
            </code>
          </dd>
        </div>
      )}
      {approval.subject !== 'question' && (
        <div>
          <dt>Question</dt>
          <dd>
            <UntrustedText text={approval.summary} multiline />
          </dd>
        </div>
      )}
      {toolDescription !== undefined && (
        <div>
          <dt>Tool</dt>
          <dd>
            <UntrustedText text={toolDescription} multiline />
            {effect !== undefined && <span className="quiet"> Effect: {effect}.</span>}
          </dd>
        </div>
      )}
      <div>
        <dt>Who may decide</dt>
        <dd>
          <UntrustedText text={decidersText(approval)} />
          {approval.required > 1 && `; ${approval.required} people must agree`}
          {approval.signedIn && '; only through the admin server'}
        </dd>
      </div>
      {approval.requesterUnproven && (
        <div>
          <dt>Why two people</dt>
          <dd>
            The rule wants somebody else than who asked to decide, and no admin server vouches for who asked.
            Of two people who are signed in, one at least is somebody else.
          </dd>
        </div>
      )}
      {approval.escalations?.map(({ at, ...approvers }) => (
        <div key={at}>
          <dt>
            <Countdown at={at} />
          </dt>
          <dd>
            also <UntrustedText text={decidersText({ approvers })} />
          </dd>
        </div>
      ))}
      <div>
        <dt>Bound to</dt>
        <dd>
          <code>
            <UntrustedText text={approval.id} />
          </code>{' '}
          revision {approval.revision}, hash <code>{approval.hash.slice(0, 12)}</code>
        </dd>
      </div>
    </dl>
  );
}
