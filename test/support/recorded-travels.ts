import { calls, finish, type Step } from './models.ts';
import { decide, type People, type RecordedAgent } from './recorded-agent.ts';

export const traveller = `model: unused
tools: { write_file: approve, list_files: auto, note: auto, wait_for_event: auto, finish: auto }
---
Travel.`;

const look = calls(['note', { text: 'begun' }], ['list_files', { path: '.' }]);
const write = (...paths: string[]): Step =>
  calls(...paths.map((path): [string, Record<string, unknown>] => ['write_file', { path, content: path }]));
const approveFirst = (people: People): Promise<void> => decide(people, 0, 'approve');

/** Goes all the way of another one, whose calls are on the record. */
const followed: RecordedAgent = {
  definition: 'traveller',
  script: [look, write('followed.txt'), finish('there')],
  forkOf: { how: { turn: 1, tools: 'recorded', start: { requester: 'ann' } }, meanwhile: approveFirst },
  meanwhile: () => Promise.resolve(),
};

/** Leaves the way of another one: what it does anew is only proposed, and what is on the record is not done again. */
const forked: RecordedAgent = {
  definition: 'traveller',
  script: [
    look,
    write('forked.txt'),
    finish('one way'),
    write('forked.txt', 'new.txt'),
    finish('another way'),
  ],
  forkOf: {
    how: {
      turn: 1,
      tools: 'recorded',
      results: [{ turn: 1, call: 1, result: { noted: 'otherwise' } }],
      start: { requester: 'ann', model: 'forked' },
    },
    meanwhile: approveFirst,
  },
  meanwhile: () => Promise.resolve(),
};

/** Goes back to the end of an earlier turn, and what people said since is not said again. */
const rewound: RecordedAgent = {
  definition: 'traveller',
  script: [
    look,
    write('first.txt'),
    calls(['wait_for_event', { name: 'go' }]),
    write('second.txt'),
    finish('again'),
  ],
  meanwhile: async (people) => {
    const { stage, id } = people;
    await approveFirst(people);
    await stage.untilStatus(id, ({ turn, status }) => turn === 3 && status === 'waiting');
    await stage.gateway.send(id, 'message', { text: 'Soon.', by: 'bert' });
    await stage.gateway.rewind(id, 1, { by: 'carla', reason: 'wrong file', agree: () => true });
    await approveFirst(people);
  },
};

export const timeTravels = { followed, forked, rewound } as const;
