import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { agentListKey, tellAgent } from '../api/agents.ts';
import { Dialog } from '../controls/dialog.tsx';
import { TextField } from '../controls/text-field.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { visibleText } from '../text/visible-text.ts';

export const jobVerbs = ['pause', 'resume', 'stop'] as const;
export type JobVerb = (typeof jobVerbs)[number];

export const jobWords: Readonly<Record<JobVerb, { button: string; effect: string }>> = {
  pause: { button: 'Pause', effect: 'None of them starts anything new until somebody resumes it.' },
  resume: { button: 'Resume', effect: 'Each goes on where it is.' },
  stop: { button: 'Stop', effect: 'Each ends for good, after the calls in flight.' },
};

interface Props {
  readonly agents: readonly string[];
  readonly verb: JobVerb;
  readonly onClose: () => void;
}

/** Tells one agent after the other, and says of each what came of it. */
export function AgentsJob({ agents: chosen, verb, onClose }: Props) {
  // What was chosen when it opened: the list goes on changing behind it.
  const [agents] = useState(chosen);
  const [reason, setReason] = useState('');
  const { outcomes, job } = useJob(agents, verb, reason.trim());
  const { button, effect } = jobWords[verb];
  return (
    <Dialog title={`${button} ${agents.length} agents`} onClose={onClose}>
      <p>{effect}</p>
      <ul className="bulk-list">
        {agents.map((agent) => (
          <li key={agent}>
            <strong>
              <UntrustedText text={agent} />
            </strong>{' '}
            <output>{visibleText(outcomes.get(agent) ?? '')}</output>
          </li>
        ))}
      </ul>
      {verb !== 'resume' && (
        <TextField label="Reason (optional)" value={reason} isDisabled={!job.isIdle} onChange={setReason} />
      )}
      <div className="buttons">
        {job.isIdle ? (
          <button
            type="button"
            className={verb === 'stop' ? 'danger' : 'primary'}
            onClick={() => {
              job.mutate();
            }}
          >
            Confirm: {button.toLowerCase()} all {agents.length}
          </button>
        ) : (
          <button type="button" disabled={job.isPending} onClick={onClose}>
            {job.isPending ? `${outcomes.size} of ${agents.length} told …` : 'Done'}
          </button>
        )}
      </div>
    </Dialog>
  );
}

function useJob(agents: readonly string[], kind: JobVerb, reason: string) {
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, string>>(new Map());
  const client = useQueryClient();
  const job = useMutation({
    mutationFn: async () => {
      for (const agent of agents) {
        const said = await tellAgent(agent, { kind, ...(reason === '' ? {} : { reason }) }).then(
          (status) => `is ${status?.status ?? 'told'}`,
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
        setOutcomes((known) => new Map(known).set(agent, said));
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: agentListKey }),
  });
  return { outcomes, job };
}
