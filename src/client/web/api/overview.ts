import type * as z from 'zod';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Health, ScheduleChanged, ScheduleList } from '../../../contracts/overview.ts';
import { get, pathPart, post } from './ask.ts';
import { requestKey } from './request-key.ts';
import { Unanswered } from './unanswered.ts';

/** Whoever looks at it wants to see that something changes. */
const REFRESH_MS = 10_000;

export function useHealth() {
  return useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => get('/health', Health, signal),
    refetchInterval: REFRESH_MS,
  });
}

export function useSchedules() {
  return useQuery({
    queryKey: ['schedules'],
    queryFn: ({ signal }) => get('/schedules', ScheduleList, signal),
    refetchOnWindowFocus: true,
  });
}

export type ScheduleVerb = 'pause' | 'resume' | 'trigger';

/** Tells a schedule something. The server's list may be a second behind, so what was answered is shown at once. */
export function useScheduleChange(schedule: string) {
  const client = useQueryClient();
  const [unanswered] = useState(() => new Unanswered(requestKey));
  return useMutation({
    mutationFn: (verb: ScheduleVerb) =>
      post(`/schedules/${pathPart(schedule)}/${verb}`, {}, ScheduleChanged, unanswered.markOf(verb)),
    onSuccess: (changed) => {
      unanswered.answered();
      client.setQueryData<z.output<typeof ScheduleList>>(['schedules'], (known) =>
        known === undefined
          ? undefined
          : {
              schedules: known.schedules.map((row) =>
                row.schedule === schedule ? { ...row, ...changed } : row,
              ),
            },
      );
    },
  });
}
