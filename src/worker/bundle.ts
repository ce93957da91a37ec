import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, bundleWorkflowCode } from '@temporalio/worker';
import { dataConverter } from '../contracts/data-converter.ts';

const isSource = import.meta.url.endsWith('.ts');

/** Where the build leaves the bundles. Built ahead, because building one takes longer than a restart may. */
const built = isSource ? '../../dist' : '..';
const bundlePath = fileURLToPath(new URL(`${built}/workflow-bundle.js`, import.meta.url));
const watchedBundlePath = fileURLToPath(new URL(`${built}/watched-workflow-bundle.js`, import.meta.url));

/** Evaluated once for each worker thread instead of once for each agent. Only libraries without a state of their own may be among them. */
const sharedLibraries = ['@marcbachmann/cel-js', '@noble/hashes/sha2.js', '@noble/hashes/utils.js'];

interface Wanted {
  /** With what reports to traces and numbers. A bundle of its own, so that workers without pay nothing for it. */
  readonly watched: boolean;
}

/** The bundle of the build; a worker that runs from source makes its own. */
export async function workflowBundle({ watched }: Wanted): Promise<{ codePath: string } | { code: string }> {
  if (isSource) return { code: await bundleWorkflows({ watched }) };
  return { codePath: watched ? watchedBundlePath : bundlePath };
}

/** Bundles the workflow code together with its converters, from source. */
export async function bundleWorkflows({ watched }: Wanted = { watched: false }): Promise<string> {
  const workflowFile = (name: string): string =>
    fileURLToPath(new URL(`../workflows/${name}.ts`, import.meta.url));
  const { code } = await bundleWorkflowCode({
    workflowsPath: workflowFile('index'),
    workflowInterceptorModules: [
      // The first of them sees everything as it comes, and once: not what `local-steps-first` holds back and tells later.
      workflowFile('read-ahead'),
      workflowFile('resets'),
      workflowFile('reserved-names'),
      workflowFile('local-steps-first'),
      ...(watched ? [workflowFile('telemetry')] : []),
    ],
    preloadModules: [...sharedLibraries, workflowFile('short-stacks'), workflowFile('shared-modules')],
    ...dataConverter,
    webpackConfigHook: quickToLoad,
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
  return code;
}

/** The SDK has the source rewritten in the language of 2017, which takes longer to load and to run: here only its types go. */
const typesOnly = {
  sourceMap: true,
  jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
};

/** Each start parses the map, in two threads, and every promise of a workflow looks into it: lines are enough for a stack. */
const linesOnly = 'inline-nosources-cheap-module-source-map';

type Configuration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

function quickToLoad(configuration: Configuration): Configuration {
  const rules = (configuration.module?.rules ?? []).map((rule) =>
    typeof rule === 'object' && rule?.test instanceof RegExp && rule.test.test('source.ts')
      ? { ...rule, use: { loader: 'swc-loader', options: typesOnly } }
      : rule,
  );
  return { ...configuration, devtool: linesOnly, module: { ...configuration.module, rules } };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(bundlePath, await bundleWorkflows());
  await writeFile(watchedBundlePath, await bundleWorkflows({ watched: true }));
}
