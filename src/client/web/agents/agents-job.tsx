import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { tellAgent } from '../api/agents.ts';
import { agentListKey } from '../api/keys.ts';
import { Dialog } from '../controls/dialog.tsx';
import { OneByOneButtons, useOneByOne } from '../controls/one-by-one.tsx';
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
  const client = useQueryClient();
  const work = useOneByOne({
    items: agents,
    keyOf: (agent) => agent,
    act: async (agent) => {
      const said = reason.trim();
      const status = await tellAgent(agent, { kind: verb, ...(said === '' ? {} : { reason: said }) });
      return `is ${status?.status ?? 'told'}`;
    },
    onSettled: () => client.invalidateQueries({ queryKey: agentListKey }),
  });
  const { button, effect } = jobWords[verb];
  return (
    <Dialog title={`${button} ${agents.length} agents`} onClose={onClose} mayClose={work.stop}>
      <p>{effect}</p>
      <ul className="bulk-list">
        {agents.map((agent) => (
          <li key={agent}>
            <strong>
              <UntrustedText text={agent} />
            </strong>{' '}
            <output>{visibleText(work.outcomes.get(agent) ?? '')}</output>
          </li>
        ))}
      </ul>
      {verb !== 'resume' && (
        <TextField
          label="Reason (optional)"
          value={reason}
          isDisabled={!work.job.isIdle}
          onChange={setReason}
        />
      )}
      <OneByOneButtons
        {...{ work, onClose }}
        count={agents.length}
        verb={button}
        isDangerous={verb === 'stop'}
        done="told"
      />
    </Dialog>
  );
}
