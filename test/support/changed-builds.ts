import { type Build, buildWith, type SourceChange } from './builds.ts';

const file = 'workflows/persistent-agent.ts';
const imports: SourceChange = {
  file,
  from: '  condition,\n',
  to: '  condition,\n  patched,\n  upsertMemo,\n',
};
const begin = '  const work = new Work(run);\n';
const end = '  await startSuccessors(run.state);\n';

/** What an agent does at its beginning and its end in another build, in the names of its memo. */
export const greeting = 'greeting';
export const farewell = 'farewell';
/** The change's name in `patched`. */
export const changeName = 'polite';

const say = (word: string): string => `upsertMemo({ ${word}: 'said' });\n`;
const guarded = (word: string): string => `if (patched('${changeName}')) ${say(word)}`;

/** The next build: agents greet and take their leave, except those that began without it. */
export function buildCompatible(): Promise<Build> {
  return buildWith([
    imports,
    { file, from: begin, to: `${guarded(greeting)}${begin}` },
    { file, from: end, to: `${guarded(farewell)}${end}` },
  ]);
}

/** A mistake: agents greet, whoever they are. */
export function buildIncompatible(): Promise<Build> {
  return buildWith([imports, { file, from: begin, to: `${say(greeting)}${begin}` }]);
}
