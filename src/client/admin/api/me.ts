import { Me } from '../../../contracts/session.ts';
import type { Token } from '../../../storage/tokens.ts';
import { operation } from './operation.ts';

export const meOperations = [
  operation({
    id: 'showMe',
    method: 'get',
    path: '/me',
    summary: 'Who acts with this token or session, and what they may do',
    answer: Me,
    perform: ({ token, csrf }, { temporalUi }) =>
      Promise.resolve({ ...meOf(token, csrf), ...(temporalUi === undefined ? {} : { temporalUi }) }),
  }),
];

export function meOf({ name, role, agents, kind, expiresAt }: Token, csrf?: string): Me {
  const isSession = kind === 'session';
  return {
    ...{ name, role, agents, expiresAt },
    kind: isSession ? 'session' : 'token',
    ...(csrf === undefined ? {} : { csrf }),
  };
}
