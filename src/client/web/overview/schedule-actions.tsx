import { useState } from 'react';
import type { ScheduleRow } from '../../../contracts/overview.ts';
import { type ScheduleVerb, useScheduleChange } from '../api/overview.ts';
import { useMayActAs } from '../api/session.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { visibleText } from '../text/visible-text.ts';

const words: Readonly<Record<ScheduleVerb, { button: string; effect: string; done: string }>> = {
  pause: { button: 'Pause', effect: 'It acts no more until somebody resumes it.', done: 'Paused.' },
  resume: { button: 'Resume', effect: 'It acts again, from now on.', done: 'Resumed.' },
  trigger: { button: 'Act now', effect: 'It acts once, now, whatever its times are.', done: 'It acts now.' },
};

/** What operators may tell a schedule, in two steps. */
export function ScheduleActions({ row: { schedule, paused } }: { readonly row: ScheduleRow }) {
  const [verb, setVerb] = useState<ScheduleVerb>();
  const change = useScheduleChange(schedule);
  const mayAct = useMayActAs('operator');
  const name = visibleText(schedule);
  const title = mayAct ? undefined : 'Changing a schedule needs the role operator.';
  return (
    <section aria-label={`Tell ${name}`}>
      {change.error && <ErrorView error={change.error} />}
      {verb === undefined ? (
        <div className="buttons">
          {([paused ? 'resume' : 'pause', 'trigger'] as const).map((one) => (
            <button
              key={one}
              type="button"
              disabled={!mayAct}
              title={title}
              onClick={() => {
                change.reset();
                setVerb(one);
              }}
            >
              {words[one].button}
            </button>
          ))}
          {change.isSuccess && <output className="quiet">{words[change.variables].done}</output>}
        </div>
      ) : (
        <div className="buttons">
          <span>{words[verb].effect}</span>
          <button
            type="button"
            className="primary"
            autoFocus
            disabled={change.isPending}
            onClick={() => {
              change.mutate(verb, {
                onSettled: () => {
                  setVerb(undefined);
                },
              });
            }}
          >
            {change.isPending ? 'Sending …' : `Confirm: ${words[verb].button}`}
          </button>
          <button
            type="button"
            className="ghost"
            disabled={change.isPending}
            onClick={() => {
              setVerb(undefined);
            }}
          >
            Back
          </button>
        </div>
      )}
    </section>
  );
}
