/**
 * Preloaded by the workers of the suite: the wall clock of the process is off by as many milliseconds as a file says, from the
 * moment at which it says so, as if somebody had set the clock of the machine. Clocks that only count on are right.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const fileVariable = 'FAULTS_CLOCK_FILE';
const lookEveryMs = 50;

/** What a process is told, to be started with such a clock. */
export function withClock(file: string): { args: string[]; env: Record<string, string> } {
  writeFileSync(file, '0');
  return { args: ['--import', import.meta.filename], env: { [fileVariable]: file } };
}

export function setClock(file: string, offMs: number): void {
  writeFileSync(file, String(offMs));
}

function follow(file: string): void {
  const RealDate = Date;
  let offMs = 0;
  const now = (): number => RealDate.now() + offMs;
  const look = (): void => {
    offMs = Number(readFileSync(file, 'utf8'));
  };
  globalThis.Date = new Proxy(RealDate, {
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
    construct: (target, args: unknown[], asked) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, asked) as object,
  });
  look();
  setInterval(look, lookEveryMs).unref();
}

const given = process.env[fileVariable];
if (given !== undefined) follow(given);
