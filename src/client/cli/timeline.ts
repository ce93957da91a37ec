import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { TimelineKind, type TimelineItem } from '../../contracts/timeline.ts';
import { mermaidOf } from '../../core/timeline/mermaid.ts';
import { statesPicture } from '../../core/timeline/states-picture.ts';
import { TimelineNews } from '../timeline-news.ts';
import { examples, wholeNumber } from './arguments.ts';
import type { Run, Session } from './session.ts';
import { timelineLine, timelineLines } from './view/timeline-view.ts';

/** Its history is only read again when there is more of it. */
const LOOK_INTERVAL_MS = 1_000;

interface Options {
  readonly from?: number;
  readonly to?: number;
  readonly kind?: TimelineKind[];
  readonly search?: string;
  readonly below?: boolean;
  readonly follow?: boolean;
  readonly mermaid?: boolean;
  readonly states?: boolean;
}

export function registerTimeline(program: Command, run: Run): void {
  program
    .command('timeline <id>')
    .description('all that happened: models, calls, approvals, messages, waits and changes of status')
    .option('--from <turn>', 'first turn', wholeNumber)
    .option('--to <turn>', 'last turn', wholeNumber)
    .option('--kind <kinds>', `only some, separated by commas: ${TimelineKind.options.join(', ')}`, kinds)
    .option('--search <words>', 'only what has these words in it')
    .addOption(new Option('--below', 'with what agents below did').conflicts(['follow', 'mermaid', 'states']))
    .option('--follow', 'go on with what happens, until the agent ends')
    .option('--mermaid', 'as a Mermaid sequence diagram')
    .option('--states', 'as a Mermaid state diagram: how often it went from each status to each other')
    .addHelpText(
      'after',
      examples(
        'perdure timeline a1 --kind call,approval',
        'perdure timeline a1 --search INV-7 --json | jq .items',
        'perdure timeline a1 --below --search INV-7',
        'perdure timeline a1 --from 3 --to 5 --mermaid',
        'perdure timeline a1 --states',
      ),
    )
    .action((id: string, options: Options) =>
      run(async (session) => {
        if (options.follow === true) return follow(session, id, options);
        const gateway = await session.gateway();
        const timeline = await (options.below === true
          ? gateway.familyTimeline(id, selection(options))
          : gateway.timeline(id, selection(options)));
        const { out } = session;
        if (options.mermaid === true || options.states === true) {
          const picture = (options.states === true ? statesPicture : mermaidOf)(timeline.items);
          out.data({ mermaid: picture }, () => picture);
          return undefined;
        }
        out.data(out.format === 'jsonl' ? timeline.items : timeline, () =>
          timeline.items.length === 0
            ? `Nothing of this happened in these turns; the agent is at turn ${timeline.lastTurn}.`
            : timelineLines(timeline.items, out.colors).join('\n'),
        );
        return undefined;
      }),
    );
}

function selection({ from, to, kind: only, search }: Options) {
  return { from, to, kinds: only, search };
}

/** What is new since the last look, each time as one line; what goes on is told when it is over, or waits for somebody. */
async function follow(session: Session, id: string, options: Options): Promise<undefined> {
  const gateway = await session.gateway();
  const { out } = session;
  const line = (item: TimelineItem): string => timelineLine(item, out.colors);
  const news = new TimelineNews(options.from ?? 0, line);
  for (;;) {
    const { open } = await gateway.live(id);
    const timeline = await gateway.timeline(id, { ...selection(options), from: news.from });
    for (const item of news.take(timeline)) out.event(item, () => `${line(item)}\n`);
    if (news.isBehind) continue;
    const isPast = options.to !== undefined && timeline.lastTurn > options.to;
    if (!open || isPast) return undefined;
    await sleep(LOOK_INTERVAL_MS);
  }
}

function kinds(text: string): TimelineKind[] {
  return text.split(',').map((name) => {
    const { data } = TimelineKind.safeParse(name.trim());
    if (data === undefined)
      throw new InvalidArgumentError(`It must be some of ${TimelineKind.options.join(', ')}.`);
    return data;
  });
}
