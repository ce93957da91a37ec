import { useState } from 'react';
import { AgentsJob, type JobVerb, jobVerbs, jobWords } from './agents-job.tsx';

interface Props {
  readonly agents: readonly string[];
  readonly onDone: () => void;
}

/** What can be told to all agents that were chosen. */
export function AgentsBar({ agents, onDone }: Props) {
  const [verb, setVerb] = useState<JobVerb>();
  if (agents.length === 0) return null;
  return (
    <section className="bulk-bar" aria-label="Chosen agents">
      <span>{agents.length} chosen</span>
      {jobVerbs.map((one) => (
        <button
          key={one}
          type="button"
          className={one === 'stop' ? 'danger-quiet' : ''}
          onClick={() => {
            setVerb(one);
          }}
        >
          {jobWords[one].button} {agents.length}
        </button>
      ))}
      <button type="button" className="ghost" onClick={onDone}>
        Choose none
      </button>
      {verb !== undefined && (
        <AgentsJob
          {...{ agents, verb }}
          onClose={() => {
            setVerb(undefined);
            onDone();
          }}
        />
      )}
    </section>
  );
}
