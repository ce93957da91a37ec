import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  /** Why there is nothing. */
  readonly children: ReactNode;
  /** The one thing to do about it. */
  readonly action?: ReactNode;
}

/** A list without rows: it says why, and offers one action. */
export function EmptyState({ title, children, action }: Props) {
  return (
    <section className="empty-state" role="status">
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </section>
  );
}
