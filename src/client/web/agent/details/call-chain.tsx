import type { CallItem } from '../../../../contracts/timeline.ts';
import { useExplanation } from '../../api/explanation.ts';
import { ErrorView } from '../../controls/error-view.tsx';
import { Sender } from '../../controls/sender.tsx';
import { UntrustedText } from '../../text/untrusted-text.tsx';
import { messageText, speakerOf } from '../lines/message-line.tsx';

/** How a call came about: what people wanted, and what the model thought and said. */
export function CallChain({ item, agent }: { readonly item: CallItem; readonly agent: string }) {
  const { turn, index, status } = item;
  const { data, error } = useExplanation(agent, `${turn}.${index + 1}`, status);
  if (error) return <ErrorView error={error} />;
  if (!data) return <p className="quiet">Reading …</p>;
  const { requester, requesterSignedInAs, goal, messages, model } = data;
  const reply = model?.reply;
  return (
    <ol className="plain chain">
      <li>
        {requester === undefined ? (
          <strong>requester</strong>
        ) : (
          <Sender by={requester} signedInAs={requesterSignedInAs} />
        )}{' '}
        wanted: <UntrustedText text={goal === '' ? 'Begin.' : goal} />
      </li>
      {messages.map((message) => (
        <li key={message.id}>
          <strong>
            <UntrustedText text={speakerOf(message)} />
          </strong>{' '}
          said: <UntrustedText text={messageText(message)} />
        </li>
      ))}
      {reply?.reasoning !== undefined && (
        <li>
          <strong>The model thought</strong>: <UntrustedText text={reply.reasoning} multiline />
        </li>
      )}
      <li>
        {reply === undefined && 'The crew was asked, without a model.'}
        {reply !== undefined && reply.text.trim() === '' && 'The model replied without a word.'}
        {reply !== undefined && reply.text.trim() !== '' && (
          <>
            <strong>The model said</strong>: <UntrustedText text={reply.text} multiline />
          </>
        )}
      </li>
    </ol>
  );
}
