import { build, type BuildOptions } from 'rolldown';

/**
 * Builds the programs, each in a few files: finding, reading and linking more than a thousand modules took longer than most
 * commands do. Why so, and the price: docs/decisions/2026-11-26-programs-start-fast.md.
 *
 * A file that looks for another one by `import.meta` must find it from its source and from a chunk alike. What is in both
 * builds looks one folder up, which is the root of its build; what only clients have looks two folders up, from
 * `src/client/<folder>/` as from `dist/client/chunks/`.
 */
const common = {
  platform: 'node',
  tsconfig: 'tsconfig.json',
  // Above all of a module that is not found, which would be looked for when the program runs.
  onLog: (level, { message }) => {
    if (level === 'warn') throw new Error(message);
  },
} satisfies BuildOptions;

/** Without hashes in their names, so that builds replace each other's files. */
const output = {
  sourcemap: true,
  // Maps are for names and lines, and are parsed when a stack is first looked at.
  sourcemapExcludeSources: true,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name].js',
} satisfies BuildOptions['output'];

/** Loaded late and by few. Whoever instruments a process of ours looks for these by their names. */
const telemetry = /^(@opentelemetry\/|prom-client$)/;

await build([
  {
    ...common,
    input: {
      'worker/main': 'src/worker/main.ts',
      'worker/replay': 'src/worker/replay.ts',
      'simulator/main': 'src/simulator/main.ts',
      // Tools from outside are handed the very classes that the worker knows, so both are of one build.
      'tools/kit': 'src/tools/kit.ts',
      'contracts/payload-converter': 'src/contracts/payload-converter.ts',
      'contracts/failure-converter': 'src/contracts/failure-converter.ts',
    },
    // The SDK's worker has native parts, and threads that load its other packages by their paths. Two copies of those in one
    // process would not know each other's messages and errors.
    external: [telemetry, /^@temporalio\//],
    output: { ...output, dir: 'dist' },
  },
  {
    ...common,
    input: {
      'cli/main': 'src/client/cli/main.ts',
      'admin/main': 'src/client/admin/main.ts',
      // The SDK's client loads it by its path: one of this build, which knows the same copy of the SDK.
      'contracts/payload-converter': 'src/contracts/payload-converter.ts',
      'contracts/failure-converter': 'src/contracts/failure-converter.ts',
    },
    external: [telemetry],
    output: { ...output, dir: 'dist/client' },
  },
]);
