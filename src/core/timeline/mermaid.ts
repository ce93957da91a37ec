import type { TimelineItem } from '../../contracts/timeline.ts';
import type { ItemOf } from './sheet.ts';

/** Mermaid's own limit is 50,000 characters; a picture of more is read by nobody. */
const MAX_ARROWS = 300;
const MAX_LABEL_CHARS = 60;

/** A run as a Mermaid sequence diagram: who spoke to whom, turn by turn. */
export function mermaidOf(items: readonly TimelineItem[]): string {
  const lines = items.flatMap(linesOf);
  const left = lines.length - MAX_ARROWS;
  return [
    'sequenceDiagram',
    '  participant P as People',
    '  participant A as Agent',
    '  participant M as Model',
    '  participant T as Tools',
    ...lines.slice(0, MAX_ARROWS).map((line) => `  ${line}`),
    ...(left > 0 ? [`  Note over P,T: ${left} more, see fewer turns`] : []),
  ].join('\n');
}

function linesOf(item: TimelineItem): string[] {
  switch (item.kind) {
    case 'turn':
      return [`Note over A: turn ${item.turn}`];
    case 'message':
      return messageLines(item);
    case 'model':
      return modelLines(item);
    case 'call': {
      const { name, outcome, status } = item;
      const result = outcome ? (outcome.ok ? 'done' : outcome.error.type) : status;
      return [`A->>T: ${label(name)}`, `T-->>A: ${label(result)}`];
    }
    case 'approval': {
      const { subject, decisions, status } = item.approval;
      const made = decisions.map(({ decision, by }) => `${decision} by ${by}`);
      return [
        `A->>P: ${label(`${subject.replaceAll('_', ' ')}: ${item.approval.summary}`)}`,
        `P-->>A: ${label(made.length > 0 ? made.join(', ') : status)}`,
      ];
    }
    case 'wait':
      return [`Note over A: ${label(`waits: ${item.wait.replaceAll('_', ' ')}`)}`];
    case 'agent':
      return [`A->>T: ${label(`agent ${item.child.id}`)}`];
    case 'end':
      return [`Note over A: ${item.outcome.status}`];
    case 'crew':
    case 'transition':
    case 'condensed':
    case 'gap':
      return [];
  }
}

function messageLines(item: ItemOf<'message'>): string[] {
  if (item.what === 'instructions') return [];
  const said = item.what === 'event' ? `event ${item.name ?? ''}` : (item.text ?? '');
  return [`P->>A: ${label(`${item.by === undefined ? '' : `${item.by}: `}${said}`)}`];
}

function modelLines(item: ItemOf<'model'>): string[] {
  const { model, reply, failure } = item;
  const answer = failure ? `failed with ${failure.type}` : reply?.text.trim();
  const calls = reply ? `${reply.calls} calls` : 'no answer yet';
  return [
    `A->>M: ${label(model)}`,
    `M-->>A: ${label(answer === undefined || answer === '' ? calls : answer)}`,
  ];
}

/** Text of models and tools on one line, without what Mermaid would take for its own. */
function label(text: string): string {
  const line = text
    .replace(/[#;%<>{}`"\p{Cc}\p{Cf}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > MAX_LABEL_CHARS ? `${line.slice(0, MAX_LABEL_CHARS - 1)}…` : line || '…';
}
