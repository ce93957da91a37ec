import { get, type IncomingMessage } from 'node:http';

export interface Heard {
  readonly id: string | undefined;
  readonly event: string;
  /** As the test expects it to be. */
  readonly data: Record<string, unknown>;
}

/** A stream of server-sent events that is being read. */
export interface Reading {
  readonly status: number;
  readonly heard: readonly Heard[];
  readonly ended: () => boolean;
  readonly close: () => void;
}

export function readEvents(url: string, secret: string, lastId?: string): Promise<Reading> {
  const headers = {
    authorization: `Bearer ${secret}`,
    ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
  };
  return new Promise((resolve, reject) => {
    const request = get(url, { headers }, (answer: IncomingMessage) => {
      const heard: Heard[] = [];
      let text = '';
      let isOver = false;
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        const parts = (text + chunk).split('\n\n');
        text = parts.pop() ?? '';
        heard.push(...parts.flatMap(eventsIn));
      });
      answer.on('close', () => (isOver = true));
      answer.on('error', () => (isOver = true));
      resolve({
        status: answer.statusCode ?? 0,
        heard,
        ended: () => isOver,
        close: () => request.destroy(),
      });
    });
    request.on('error', reject);
  });
}

function eventsIn(part: string): Heard[] {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1];
  const event = field('event');
  if (event === undefined) return [];
  return [{ id: field('id'), event, data: JSON.parse(field('data') ?? '{}') as Record<string, unknown> }];
}
