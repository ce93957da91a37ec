import * as z from 'zod';
import { cronProblem } from './cron.ts';
import { Duration, durationMs } from './duration.ts';
import { Json } from './json.ts';

/** More moments than these are several schedules. */
const MAX_SPECS = 50;
const MAX_RANGES = 60;

/** What happens when it is time again and what was started the last time still runs. */
export const Overlap = z.enum([
  'skip',
  'buffer-one',
  'buffer-all',
  'cancel-other',
  'terminate-other',
  'allow-all',
]);
export type Overlap = z.infer<typeof Overlap>;

const Cron = z.string().check((context) => {
  const problem = cronProblem(context.value);
  if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
});

export const Month = z.enum([
  ...(['january', 'february', 'march', 'april', 'may', 'june'] as const),
  ...(['july', 'august', 'september', 'october', 'november', 'december'] as const),
]);
export const Weekday = z.enum(['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']);

/** One value, a range of them, or a list of both; `*` for every one. */
function field<Unit extends z.ZodType<number | string>>(unit: Unit) {
  const range = z
    .strictObject({ start: unit, end: unit.optional(), step: z.int().min(1).max(2_000).optional() })
    .refine(({ end, step }) => step === undefined || end !== undefined, {
      path: ['step'],
      message: 'a step needs an end',
    });
  const value = z.union([unit, range]);
  return z.union([z.literal('*'), value, z.array(value).min(1).max(MAX_RANGES)]).optional();
}

/** Times by the clock. A time matches when all fields do; hour, minute and second are 0 and the others `*` unless given. */
export const Calendar = z.strictObject({
  second: field(z.int().min(0).max(59)),
  minute: field(z.int().min(0).max(59)),
  hour: field(z.int().min(0).max(23)),
  dayOfMonth: field(z.int().min(1).max(31)),
  month: field(Month),
  year: field(z.int().min(2_000).max(2_100)),
  dayOfWeek: field(Weekday),
  comment: z.string().max(200).optional(),
});
export type Calendar = z.infer<typeof Calendar>;

/** Temporal's schedules count in seconds. */
const Seconds = Duration.refine((text) => durationMs(text) % 1_000 === 0, {
  message: 'whole seconds',
  // The text must be a duration before anything else can be said of it.
  when: ({ issues }) => issues.length === 0,
});

const TimeZone = z.string().refine(isTimeZone, { message: 'an IANA time zone, like Europe/Berlin or UTC' });

const Moment = z.iso.datetime({ offset: true, message: 'a time like 2026-12-01T07:00:00Z' });

function oneOrMore<Item extends z.ZodType>(item: Item) {
  return z
    .union([item.transform((one): z.output<Item>[] => [one]), z.array(item).min(1).max(MAX_SPECS)])
    .optional();
}

/** When a schedule acts, and what if that is not possible at that moment. Times are in UTC unless there is a time zone. */
const timing = {
  cron: oneOrMore(Cron),
  calendar: oneOrMore(Calendar),
  every: Seconds.optional(),
  /** Later than the multiples of `every` since 1970 by this. */
  offset: Seconds.optional(),
  timeZone: TimeZone.optional(),
  /** Each time is later by up to this, by chance. */
  jitter: Seconds.optional(),
  startAt: Moment.optional(),
  endAt: Moment.optional(),
  overlap: Overlap.default('skip'),
  /** What was missed while Temporal was down is made up for, if it is no longer ago. */
  catchUp: Seconds.default('1d'),
  pauseOnFailure: z.boolean().default(false),
  note: z.string().max(1_000).optional(),
};

interface When {
  readonly cron?: unknown;
  readonly calendar?: unknown;
  readonly every?: string | undefined;
  readonly offset?: string | undefined;
}

const needsTime = {
  message: 'say when: cron, calendar or every',
} as const;
const hasTime = ({ cron, calendar, every }: When): boolean => (cron ?? calendar ?? every) !== undefined;
const needsEvery = { path: ['offset'], message: 'belongs to every' };
const offsetFits = ({ every, offset }: When): boolean => offset === undefined || every !== undefined;

/** When a schedule acts, as the command line gives it. */
export const ScheduleTiming = z
  .strictObject(timing)
  .refine(hasTime, needsTime)
  .refine(offsetFits, needsEvery);
export type ScheduleTiming = z.output<typeof ScheduleTiming>;

export const ScheduledEvent = z.strictObject({
  name: z.string().min(1).max(200),
  payload: Json.optional(),
});

/** What starts agents of a definition by the clock, or speaks to one of them; written in its front matter. */
export const DefinitionSchedule = z
  .strictObject({
    ...timing,
    /** The goal of an agent that it starts. */
    input: z.string().default(''),
    /** Speaks to the agent with this id instead of starting a new one each time; starts it if it is not there. */
    agent: z.string().min(1).max(200).optional(),
    text: z.string().min(1).optional(),
    event: ScheduledEvent.optional(),
  })
  .refine(hasTime, needsTime)
  .refine(offsetFits, needsEvery)
  .refine(({ agent, text, event }) => agent === undefined || (text === undefined) !== (event === undefined), {
    path: ['agent'],
    message: 'needs a text or an event to send, one of them',
  })
  .refine(({ agent, text, event }) => agent !== undefined || (text ?? event) === undefined, {
    message: 'a text or an event needs an agent to send it to',
  });
export type DefinitionSchedule = z.output<typeof DefinitionSchedule>;

/** Temporal's server has the last word: it loads the zone from a database of its own. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+){0,2}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
