import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Whoever is sent webhooks: a server that keeps what comes, and answers as the test says. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  readonly secret = `whsec_${Buffer.from('somebody who is told of things').toString('base64')}`;
  answer: (response: ServerResponse) => void = (response) => response.writeHead(204).end();
  readonly #server: Server;

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  private constructor() {
    this.#server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      request.on('end', () => {
        this.received.push({ headers: request.headers, text });
        this.answer(response);
      });
    });
  }

  /** With a part that nobody else should learn. */
  get url(): URL {
    // A server that listens on TCP has an address object; only pipes have a string.
    const { port } = this.#server.address() as AddressInfo;
    return new URL(`http://127.0.0.1:${port}/hooks/very-secret`);
  }

  /** What was said, if it is signed as Standard Webhooks says; throws otherwise. */
  verified({ headers, text }: Received): { type: string; timestamp: string; data: Record<string, unknown> } {
    const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    // As the notifier writes it; the test looks at what it needs.
    return new Webhook(this.secret).verify(text, signed) as ReturnType<WebhookReceiver['verified']>;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
