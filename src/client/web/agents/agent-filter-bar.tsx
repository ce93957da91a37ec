import { InterruptionKind } from '../../../contracts/status.ts';
import { goTo } from '../navigation.tsx';
import type { AgentFilters } from '../route.ts';

/** What an agent's place in Temporal's index can say. */
const statuses = ['running', 'waiting', 'paused', 'closing', 'completed', 'failed', 'cancelled'] as const;

/** Filters stand in the address, so that a list can be kept as a bookmark and sent to others. */
export function AgentFilterBar({ filters }: { readonly filters: AgentFilters }) {
  const set = (name: keyof AgentFilters, value: string): void => {
    const { [name]: _, ...others } = filters;
    goTo(
      { page: 'agents', filters: value === '' ? others : { ...others, [name]: value } },
      { replace: true },
    );
  };
  return (
    <form
      className="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <Choice
        label="Status"
        value={filters.status}
        options={statuses}
        onChoose={(value) => {
          set('status', value);
        }}
      />
      <Choice
        label="Waits for"
        value={filters.waitingFor}
        options={InterruptionKind.options}
        onChoose={(value) => {
          set('waitingFor', value);
        }}
      />
      <label>
        Definition
        <input
          type="search"
          defaultValue={filters.definition}
          onBlur={(event) => {
            set('definition', event.target.value.trim());
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') set('definition', event.currentTarget.value.trim());
          }}
        />
      </label>
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly options: readonly string[];
  readonly onChoose: (value: string) => void;
}

function Choice({ label, value = '', options, onChoose }: ChoiceProps) {
  return (
    <label>
      {label}
      <select
        value={value}
        onChange={(event) => {
          onChoose(event.target.value);
        }}
      >
        <option value="">any</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {option.replaceAll('_', ' ')}
          </option>
        ))}
      </select>
    </label>
  );
}
