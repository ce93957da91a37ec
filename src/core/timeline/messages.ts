import type { AgentEvent } from '../../contracts/event.ts';
import type { ExternalEvent, HeardMessage } from '../../contracts/messages.ts';
import type { AgentState, ContextEntry } from '../../contracts/state.ts';
import type { MessageItem } from '../../contracts/timeline.ts';
import { addedSince } from '../context.ts';
import { personOf } from '../messages.ts';
import { signedIn } from '../people.ts';
import { eventText, messageText } from '../told-as.ts';
import type { Happening, Sheet } from './sheet.ts';

/** Follows messages and events from when they come to when they are read. Both queues are read from the front. */
export class MessageTeller {
  readonly #sheet: Sheet;
  /** Ids of the items of what waits to be read. */
  #inbox: string[] = [];
  #events: string[] = [];

  constructor(sheet: Sheet, initial: AgentState) {
    this.#sheet = sheet;
    const { turn, since: at } = initial;
    initial.inbox.forEach((message, place) => {
      const item = { id: `carried:message:${place}`, turn, at, carried: true } as const;
      this.#inbox.push(this.#put({ ...item, kind: 'message', what: 'message', ...heard(message) }));
    });
    initial.events.forEach((event, place) => {
      const item = { id: `carried:event:${place}`, turn, at, carried: true } as const;
      this.#events.push(this.#put({ ...item, kind: 'message', what: 'event', ...happened(event) }));
    });
  }

  tell(happening: Happening): void {
    const { event, before, applied, after } = happening;
    if (event.type === 'message-received') {
      // One that was refused or repeated leaves the state as it was.
      if (applied !== before) this.#receive(happening, event);
    } else this.#receiveNotices(happening);
    for (const entry of addedSince(before, after) ?? []) this.#read(entry, event);
    this.#takeUnseen(happening);
  }

  #receive({ before, after, event: { at } }: Happening, event: Received): void {
    const { name, payload } = event.message;
    if (name !== 'message' && name !== 'event') return;
    const { by, signedInAs } = personOf(before, event.message);
    const item = { kind: 'message', id: `message:${after.revision}`, turn: before.turn, at } as const;
    const said = { by, ...signedIn({ signedInAs }) };
    if (name === 'message')
      this.#inbox.push(this.#put({ ...item, what: 'message', ...said, text: payload.text }));
    else this.#events.push(this.#put({ ...item, what: 'event', ...happened(payload), ...said }));
  }

  /** What the agent's own machinery puts among its messages. */
  #receiveNotices({ before, applied, event: { at } }: Happening): void {
    if (before.inbox === applied.inbox) return;
    const known = new Set(before.inbox);
    for (const message of applied.inbox) {
      if (known.has(message)) continue;
      const item = { kind: 'message', id: this.#newId(at), turn: before.turn, at, what: 'notice' } as const;
      this.#inbox.push(this.#put({ ...item, ...heard(message) }));
    }
  }

  #read(entry: ContextEntry, event: AgentEvent): void {
    const { message, turn, at } = entry;
    if (message.role !== 'user' && message.role !== 'system') return;
    const queue = entry.by === undefined ? this.#events : this.#inbox;
    const next = this.#sheet.find('message', queue[0] ?? '');
    if (next && isToldAs(next, message.text)) {
      queue.shift();
      this.#put({ ...next, readAt: at, readIn: turn });
      return;
    }
    const what = event.type === 'definition-loaded' ? beginning[message.role] : 'notice';
    const { by, signedInAs } = entry;
    this.#put({
      ...{
        kind: 'message',
        id: this.#newId(at),
        turn,
        at,
        what,
        text: message.text,
        readAt: at,
        readIn: turn,
      },
      ...(by === undefined ? {} : { by }),
      ...signedIn({ signedInAs }),
    });
  }

  /** What left the queues without a word: a call took an event, or the conversation was condensed at the same moment. */
  #takeUnseen({ after, event: { at } }: Happening): void {
    while (this.#inbox.length > after.inbox.length) {
      const item = this.#sheet.find('message', this.#inbox.shift() ?? '');
      if (item) this.#put({ ...item, readAt: at, readIn: after.turn });
    }
    if (this.#events.length <= after.events.length) return;
    const left = after.events.map((event) => JSON.stringify(happened(event)));
    this.#events = this.#events.filter((id) => {
      const item = this.#sheet.find('message', id);
      if (!item) return false;
      const place = left.indexOf(JSON.stringify(happened({ name: item.name ?? '', ...payloadOf(item) })));
      if (place >= 0) {
        left.splice(place, 1);
        return true;
      }
      this.#put({ ...item, taken: true, readAt: at, readIn: after.turn });
      return false;
    });
  }

  #put(item: MessageItem): string {
    this.#sheet.put(item);
    return item.id;
  }

  /** What came from nobody has no revision of its own. */
  #newId(at: number): string {
    for (let place = 0; ; place += 1) {
      const id = `said:${at}:${place}`;
      if (!this.#sheet.has(id)) return id;
    }
  }
}

/** What the conversation begins with. */
const beginning = { system: 'instructions', user: 'goal' } as const;

type Received = Extract<AgentEvent, { type: 'message-received' }>;

function heard({ text, by, signedInAs }: HeardMessage): Pick<MessageItem, 'text' | 'by' | 'signedInAs'> {
  return { text, by, ...signedIn({ signedInAs }) };
}

function happened({
  name,
  payload,
}: Pick<ExternalEvent, 'name' | 'payload'>): Pick<MessageItem, 'name' | 'payload'> {
  return { name, ...(payload === undefined ? {} : { payload }) };
}

function payloadOf({ payload }: MessageItem): Pick<ExternalEvent, 'payload'> {
  return payload === undefined ? {} : { payload };
}

/** Whether the model was told this item with this text. */
function isToldAs({ what, by = '', text = '', name = '', payload }: MessageItem, told: string): boolean {
  return told === (what === 'event' ? eventText(name, payload) : messageText(by, text));
}
