import type { ModelItem } from '../../../../contracts/timeline.ts';
import { durationText } from '../../text/duration.ts';
import { UntrustedText } from '../../text/untrusted-text.tsx';
import { dollars } from '../lines/model-line.tsx';
import { Facts } from './facts.tsx';

/** What a model was asked with, what it answered, and what that took. */
export function ModelDetails({ item }: { readonly item: ModelItem }) {
  const { model, contextHash, maxOutputTokens } = item;
  return (
    <>
      <h3>Input</h3>
      <p className="quiet">The whole conversation up to here; the history holds its address, not a copy.</p>
      <Facts
        of={[
          ['Model', <UntrustedText text={model} />],
          ['Conversation', <code>{contextHash.slice(0, 16)}</code>],
          ['At most', `${maxOutputTokens.toLocaleString()} tokens`],
        ]}
      />
      <Answer item={item} />
      <Cost item={item} />
    </>
  );
}

function Answer({ item: { reply, failure, ignored } }: { readonly item: ModelItem }) {
  return (
    <>
      {reply?.reasoning !== undefined && (
        <>
          <h3>Reasoning</h3>
          <p className="words">
            <UntrustedText text={reply.reasoning} multiline />
          </p>
        </>
      )}
      <h3>Output</h3>
      {reply === undefined && failure === undefined && <p className="quiet">None yet.</p>}
      {failure && (
        <p className="notice trouble">
          <strong>
            <UntrustedText text={failure.type} />
          </strong>{' '}
          <UntrustedText text={failure.message} multiline />
        </p>
      )}
      {reply && (
        <p className="words">
          {reply.text.trim() === '' ? (
            <span className="quiet">No words, {reply.calls} calls.</span>
          ) : (
            <UntrustedText text={reply.text} multiline />
          )}
        </p>
      )}
      {ignored && <p className="quiet">Nobody waited for it any more.</p>}
    </>
  );
}

function Cost({ item: { reply, usage, step, at, endedAt } }: { readonly item: ModelItem }) {
  const queuedMs = step?.startedAt === undefined ? undefined : step.startedAt - (step.scheduledAt ?? at);
  return (
    <Facts
      of={[
        ['Answered by', reply && <UntrustedText text={reply.model} />],
        [
          'Tokens',
          usage && `${usage.inputTokens.toLocaleString()} in, ${usage.outputTokens.toLocaleString()} out`,
        ],
        ['Cost', usage && (usage.usd > 0 ? dollars(usage.usd) : 'the price is not known')],
        ['Latency', endedAt === undefined ? undefined : durationText(endedAt - at)],
        ['In line', queuedMs === undefined || queuedMs < 100 ? undefined : durationText(queuedMs)],
        ['Attempts', step && String(step.attempts)],
        [
          'Failed before',
          step?.lastFailure && (
            <UntrustedText text={`${step.lastFailure.type}: ${step.lastFailure.message}`} />
          ),
        ],
        ['Finished', reply && <UntrustedText text={reply.finishReason} />],
      ]}
    />
  );
}
