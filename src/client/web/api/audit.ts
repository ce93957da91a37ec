import { useMutation } from '@tanstack/react-query';
import { AuditChecked } from '../../../contracts/audit.ts';
import { get, pathPart } from './ask.ts';

/** Has the server read the whole record, which takes a while for a long one: only when it is asked for. */
export function useAuditCheck(agent: string) {
  return useMutation({
    mutationFn: (end: string) => {
      const query = end === '' ? '' : `?${new URLSearchParams({ end }).toString()}`;
      return get(`/agents/${pathPart(agent)}/audit/check${query}`, AuditChecked);
    },
  });
}
