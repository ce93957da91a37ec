/** Whether a workflow that was described goes on; as continued it has a new run, of which nothing is known yet. */
export function isOpen({ status: { name } }: { readonly status: { readonly name: string } }): boolean {
  return name === 'RUNNING' || name === 'PAUSED' || name === 'CONTINUED_AS_NEW';
}
