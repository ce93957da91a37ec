import type { ModelRequest } from '../../src/simulator/model-server.ts';

/** What a model has heard, kept apart from how it was sent: marks like `<anna:17>`, by sender and in the order heard. */
export class Hearing {
  readonly heard = new Map<string, number[]>();
  private shown = new Set<string>();
  private readonly known = new Set<string>();

  /** What was heard twice; a model that throws is only asked again. */
  readonly complaints: string[] = [];

  /** Looks through a request for news. A mark stands in one message at the most, and never comes back after it has gone. */
  listen({ body }: ModelRequest): void {
    const shown = new Set<string>();
    for (const { role, content } of body.messages) {
      // The digest of what was condensed repeats words; it is no message.
      if (role !== 'user' || typeof content !== 'string' || content.startsWith('Earlier turns')) continue;
      for (const [mark, sender = '', number = ''] of content.matchAll(/<(\w+):(\d+)>/g)) {
        if (shown.has(mark)) this.complaints.push(`${mark} stands twice in the context`);
        shown.add(mark);
        if (this.known.has(mark)) {
          if (!this.shown.has(mark)) this.complaints.push(`${mark} came back`);
          continue;
        }
        this.known.add(mark);
        this.heard.set(sender, [...(this.heard.get(sender) ?? []), Number(number)]);
      }
    }
    this.shown = shown;
  }

  get count(): number {
    return this.known.size;
  }
}
