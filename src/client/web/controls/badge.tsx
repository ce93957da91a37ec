import type { Risk } from '../../../contracts/approval.ts';
import { visibleText } from '../text/visible-text.ts';

/** What a colour says beside the word: the word alone says it all. */
export type Tone = 'neutral' | 'active' | 'waiting' | 'good' | 'bad';

export function Badge({
  tone,
  children,
  title,
}: {
  readonly tone: Tone;
  readonly children: string;
  readonly title?: string;
}) {
  return (
    <span className={`badge ${tone}`} title={title}>
      {children}
    </span>
  );
}

const tones: Readonly<Record<string, Tone>> = {
  running: 'active',
  starting: 'active',
  thinking: 'active',
  acting: 'active',
  waiting: 'waiting',
  paused: 'waiting',
  closing: 'active',
  completed: 'good',
  failed: 'bad',
  terminated: 'bad',
  timed_out: 'bad',
};

/** The status of an agent, or how Temporal says that it ended. */
export function StatusBadge({ status }: { readonly status: string }) {
  return <Badge tone={tones[status] ?? 'neutral'}>{visibleText(status.replaceAll('_', ' '))}</Badge>;
}

const riskTones = { low: 'neutral', medium: 'waiting', high: 'bad' } as const;

/** How much a wrong yes may cost; low is what most is, and not worth a mark. */
export function RiskBadge({ risk }: { readonly risk: Risk | undefined }) {
  if (risk === undefined || risk === 'low') return null;
  return (
    <Badge
      tone={riskTones[risk]}
      title="From the tool’s effect, the amount that it found, and the rule; not from what the model says."
    >
      {`${risk} risk`}
    </Badge>
  );
}

/** Who sent something said who they are; nobody vouches for it. */
export function UnverifiedMark() {
  return (
    <Badge
      tone="waiting"
      title="It came past the admin server, and anybody who reaches Temporal can use any name."
    >
      unverified sender
    </Badge>
  );
}
