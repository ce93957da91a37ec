import * as z from 'zod';

/** What a person or a program may do over HTTP; each role may do all that those before it may. */
export const Role = z.enum(['viewer', 'approver', 'operator', 'admin']);
export type Role = z.infer<typeof Role>;

export function mayActAs(has: Role, needs: Role): boolean {
  return Role.options.indexOf(has) >= Role.options.indexOf(needs);
}
