import { visibleParts } from './visible-text.ts';

interface Props {
  readonly text: string;
  /** With the line breaks that it has; otherwise on one line. */
  readonly multiline?: boolean;
}

/** Words of models, tools and people: only ever text, and nothing in it hides or turns around what stands beside it. */
export function UntrustedText({ text, multiline = false }: Props) {
  return (
    <bdi className={multiline ? 'untrusted multiline' : 'untrusted'}>
      {visibleParts(text).map((part, index) =>
        part.kind === 'text' ? (
          part.text
        ) : (
          <span key={index} className="hidden-character" title="A character that can't be seen">
            {part.text}
          </span>
        ),
      )}
    </bdi>
  );
}
