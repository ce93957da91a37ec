import type { TimelineView } from './timeline-rows.ts';

interface Props {
  readonly view: TimelineView;
  readonly onChange: (view: TimelineView) => void;
}

const shows = [
  ['all', 'Everything'],
  ['model', 'Models'],
  ['call', 'Tools'],
  ['approval', 'Approvals'],
  ['message', 'Messages'],
  ['wait', 'Waits'],
] as const;

/** What of the timeline is shown. */
export function TimelineFilter({ view, onChange }: Props) {
  return (
    <>
      <input
        type="search"
        aria-label="Search the timeline"
        placeholder="Search all turns"
        value={view.search}
        onChange={({ target }) => {
          onChange({ ...view, search: target.value });
        }}
      />
      <select
        aria-label="Show"
        value={view.show}
        onChange={({ target }) => {
          const show = shows.find(([name]) => name === target.value)?.[0];
          if (show !== undefined) onChange({ ...view, show });
        }}
      >
        {shows.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
      <label className="toggle">
        <input
          type="checkbox"
          checked={view.everyChange}
          onChange={({ target }) => {
            onChange({ ...view, everyChange: target.checked });
          }}
        />
        Every change of status
      </label>
    </>
  );
}
