import type { TimelineItem, TimelineKind } from '../../contracts/timeline.ts';

/** What somebody wants to see of a timeline. */
export interface Selection {
  /** Every kind, unless given. */
  readonly kinds?: readonly TimelineKind[] | undefined;
  /** Words that must occur in some text of an item, whatever their case; one after the other as they are written. */
  readonly search?: string | undefined;
}

export function selected(items: readonly TimelineItem[], { kinds, search }: Selection): TimelineItem[] {
  const wanted = search?.trim().toLowerCase() ?? '';
  return items.filter(
    (item) => (kinds?.includes(item.kind) ?? true) && (wanted === '' || mentions(item, wanted)),
  );
}

/** Whether a text or a number anywhere in a value has these lower-case words in it. */
function mentions(value: unknown, wanted: string): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(wanted);
  if (typeof value === 'number') return String(value).includes(wanted);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((one) => mentions(one, wanted));
}
