import { readFileSync } from 'node:fs';

/**
 * What a process has computed so far in all its threads, in milliseconds. Linux counts in hundredths of a second; after the name,
 * which may hold anything, the 12th and 13th field of its line are it.
 */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
