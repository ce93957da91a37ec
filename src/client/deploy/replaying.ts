import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ReplayRequest, ReplayVerdict } from '../../contracts/replay.ts';
import { GatewayError } from '../gateway-error.ts';

/** Of what the process says besides verdicts, which is nothing unless it fails. */
const MAX_COMPLAINT_CHARS = 2_000;

/** As source or as built. It is started, not imported: clients know nothing of workers. */
const program = fileURLToPath(
  new URL(`../../worker/replay.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

type Waiting = (answer: string | undefined) => void;

/** Today's workflow code, in a process of its own, to be asked whether histories fit it. One at a time; more wait their turn. */
export class ReplayProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  readonly #waiting: Waiting[] = [];
  #hasEnded = false;
  #complaint = '';

  constructor() {
    this.#child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#waiting.shift()?.(line));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = `${this.#complaint}${text}`.slice(-MAX_COMPLAINT_CHARS);
    });
    // One that is gone can't be written to; who waits for its answer is told so below.
    this.#child.stdin.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#hasEnded = true;
        for (const tell of this.#waiting.splice(0)) tell(undefined);
        resolve();
      };
      this.#child.once('error', (error) => {
        this.#complaint = error.message;
        end();
      });
      this.#child.once('close', end);
    });
  }

  async judge(request: ReplayRequest): Promise<ReplayVerdict> {
    const line = await new Promise<string | undefined>((resolve) => {
      if (this.#hasEnded) {
        resolve(undefined);
        return;
      }
      this.#waiting.push(resolve);
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    if (line !== undefined) return ReplayVerdict.parse(JSON.parse(line));
    throw new GatewayError('Invalid', `The history of ${request.agent} can't be replayed here.`, {
      help: `${program} ended: ${this.#complaint.trim() || 'it said nothing'}`,
    });
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
  }
}
