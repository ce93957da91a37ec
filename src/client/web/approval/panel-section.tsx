import type { ReactNode } from 'react';

/** The level of an approval's own heading: on a page of its own, or beside the list. */
export type PanelHeading = 'h1' | 'h2';

interface Props {
  readonly under: PanelHeading;
  readonly title: string;
  readonly note?: ReactNode;
  readonly children: ReactNode;
}

/** A part of an approval, with a heading one level below the approval's own. */
export function PanelSection({ under, title, note, children }: Props) {
  const Heading = under === 'h1' ? 'h2' : 'h3';
  return (
    <section>
      <Heading className="part">
        {title}
        {note !== undefined && <span className="quiet"> {note}</span>}
      </Heading>
      {children}
    </section>
  );
}
