import type { MessageItem } from '../../../../contracts/timeline.ts';
import { UnverifiedMark } from '../../controls/badge.tsx';
import { UntrustedText } from '../../text/untrusted-text.tsx';
import { oneLine } from '../../text/visible-text.ts';
import { LineOf, MOST_CHARS } from './line-of.tsx';

/** What was said to the agent, and by whom. */
export function MessageLine({ item }: { readonly item: MessageItem }) {
  const { what, by, signedInAs, readAt } = item;
  const isMessage = what === 'message' || what === 'event';
  return (
    <LineOf
      sign={what === 'instructions' ? '§' : '◆'}
      speaker={<UntrustedText text={speakerOf(item)} />}
      said={
        <>
          {isMessage && signedInAs === undefined && by !== undefined && <UnverifiedMark />}{' '}
          <UntrustedText text={oneLine(messageText(item), MOST_CHARS)} />
        </>
      }
      took={isMessage && readAt === undefined ? 'not read yet' : undefined}
    />
  );
}

/** Who speaks, in a word or two. */
export function speakerOf({ what, by }: MessageItem): string {
  switch (what) {
    case 'instructions':
      return 'instructions';
    case 'goal':
      return by ?? 'requester';
    case 'message':
      return by ?? 'somebody';
    case 'event':
      return by ?? 'outside';
    case 'notice':
      return by ?? 'notice';
  }
}

export function messageText({ what, text, name, payload }: MessageItem): string {
  if (what !== 'event') return text ?? '';
  return `event ${name ?? ''}${payload === undefined ? '' : ` ${JSON.stringify(payload)}`}`;
}
