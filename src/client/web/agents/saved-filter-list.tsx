import { Link } from '../navigation.tsx';
import { agentFilterNames, type AgentFilters, hrefOf } from '../route.ts';
import { visibleText } from '../text/visible-text.ts';
import { isEmpty, MAX_SAVED, useSavedFilters } from './saved-filters.ts';

/** Lists that somebody comes back to, kept in this browser. */
export function SavedFilterList({ filters }: { readonly filters: AgentFilters }) {
  const { saved, keep } = useSavedFilters();
  const isSaved = saved.some((one) => isSame(one, filters));
  if (saved.length === 0 && isEmpty(filters)) return null;
  return (
    <div className="saved-filters" role="group" aria-label="Saved filters">
      {saved.map((one) => (
        <span className="saved-filter" key={addressOf(one)}>
          <Link to={{ page: 'agents', filters: one }} isCurrent={isSame(one, filters)}>
            {wordsOf(one)}
          </Link>
          <button
            type="button"
            className="ghost"
            aria-label={`Forget the filter ${wordsOf(one)}`}
            onClick={() => {
              keep(saved.filter((other) => other !== one));
            }}
          >
            ×
          </button>
        </span>
      ))}
      {!isEmpty(filters) && !isSaved && (
        <button
          type="button"
          disabled={saved.length >= MAX_SAVED}
          title={saved.length >= MAX_SAVED ? `Forget one first: ${MAX_SAVED} are kept at most.` : undefined}
          onClick={() => {
            keep([...saved, filters]);
          }}
        >
          Save this filter
        </button>
      )}
    </div>
  );
}

function addressOf(filters: AgentFilters): string {
  return hrefOf({ page: 'agents', filters });
}

function isSame(one: AgentFilters, other: AgentFilters): boolean {
  return addressOf(one) === addressOf(other);
}

function wordsOf(filters: AgentFilters): string {
  const words = agentFilterNames.flatMap((name) => filters[name] ?? []);
  return visibleText(words.join(', ').replaceAll('_', ' '));
}
