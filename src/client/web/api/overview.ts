import { useQuery } from '@tanstack/react-query';
import { Health, ScheduleList } from '../../../contracts/overview.ts';
import { get } from './ask.ts';

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
