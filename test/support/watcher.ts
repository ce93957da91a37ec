import { calls, finish, type Step } from './models.ts';

export const ordersSecret = `whsec_${Buffer.from('a secret of the orders hook').toString('base64')}`;
/** Events of a run after which it goes on in another one; agents that do little stay below. */
export const suggestAfterEvents = 130;
/** Turns with four steps each, together more than a run has. */
export const watchedTurns = 8;

/** Agents that are begun in every way there is: by a webhook, by another one on their own, and below another one. */
export const watcherDefinitions: Readonly<Record<string, string>> = {
  watcher: `model: watcher
lifetime: persistent
checkpoints: each
hooks:
  orders: { event: order-placed, agent: watcher-main, secret: $ORDERS_SECRET, input: Look after orders. }
tools: { start_agent: auto, delegate: auto, list_files: auto }
---
Watch.`,
  freed: 'model: freed\ntools: { finish: auto }\n---\nGo on alone.',
  below: 'model: below\ntools: { finish: auto }\n---\nHelp.',
};

/** Starts an agent and fills a run; told once more, which it is in another run, it delegates. */
export function watch(input: string): Step[] {
  return [
    calls(['start_agent', { agent: 'freed', input, id: 'freed' }]),
    ...Array.from({ length: watchedTurns }, () =>
      calls(...Array.from({ length: 4 }, (): [string, { path: string }] => ['list_files', { path: '.' }])),
    ),
    { text: 'I watch.' },
    calls(['delegate', { agent: 'below', input }]),
    { text: 'I have seen it.' },
  ];
}

export const watcherModels = {
  freed: { script: [finish('free')] },
  below: { script: [finish('helped')] },
} as const;
