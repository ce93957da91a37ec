import * as z from 'zod';

/** What a person or a program may do over HTTP; each role may do all that those before it may. */
export const Role = z.enum(['viewer', 'approver', 'operator', 'admin']);
export type Role = z.infer<typeof Role>;

export function mayActAs(has: Role, needs: Role): boolean {
  return Role.options.indexOf(has) >= Role.options.indexOf(needs);
}

/** The role that more people have. */
export function weaker(one: Role | undefined, other: Role | undefined): Role | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return mayActAs(one, other) ? other : one;
}
