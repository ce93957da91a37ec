import { Health, ScheduleList } from '../../../contracts/overview.ts';
import type { Token } from '../../../storage/tokens.ts';
import { GatewayError } from '../../gateway-error.ts';
import { timesText } from '../../schedules/times-text.ts';
import { operation } from './operation.ts';

/** What is of all agents, and not of one: for whoever reaches all of them. */
export const overviewOperations = [
  operation({
    id: 'showHealth',
    method: 'get',
    path: '/health',
    summary: 'Workers, what waits for them, and how many agents there are',
    answer: Health,
    perform: async ({ token }, { gateway }) => {
      requireAll(token);
      return gateway.health();
    },
  }),
  operation({
    id: 'listSchedules',
    method: 'get',
    path: '/schedules',
    summary: 'Schedules that start agents or speak to them',
    answer: ScheduleList,
    perform: async ({ token }, { gateway }) => {
      requireAll(token);
      const schedules = await gateway.schedules.list();
      return { schedules: schedules.map((one) => ({ ...one, times: timesText(one.times) })) };
    },
  }),
];

export function requireAll({ agents }: Token): void {
  if (agents.length > 0)
    throw new GatewayError('Forbidden', 'This is of all agents, and the token reaches some.', {
      help: 'Ask whoever makes tokens for one without --agent.',
    });
}
