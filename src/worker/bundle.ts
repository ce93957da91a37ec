import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { dataConverter } from '../contracts/data-converter.ts';

/** Where the build leaves the bundles. Built ahead, because building one takes longer than a restart may. */
const bundlePath = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
const watchedBundlePath = fileURLToPath(new URL('../watched-workflow-bundle.js', import.meta.url));

/** Evaluated once for each worker thread instead of once for each agent. Only libraries without a state of their own may be among them. */
const sharedLibraries = ['@marcbachmann/cel-js', '@noble/hashes/sha2.js', '@noble/hashes/utils.js'];

interface Wanted {
  /** With what reports to traces and numbers. A bundle of its own, so that workers without pay nothing for it. */
  readonly watched: boolean;
}

/** The bundle of the build; from source one is made. */
export async function workflowBundle({ watched }: Wanted): Promise<{ codePath: string } | { code: string }> {
  const codePath = watched ? watchedBundlePath : bundlePath;
  return existsSync(codePath) ? { codePath } : { code: await bundleWorkflows({ watched }) };
}

/** Bundles the workflow code together with its payload converter, from source or from the build, as this file is. */
export async function bundleWorkflows({ watched }: Wanted = { watched: false }): Promise<string> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const workflowFile = (name: string): string =>
    fileURLToPath(new URL(`../workflows/${name}.${extension}`, import.meta.url));
  const { code } = await bundleWorkflowCode({
    workflowsPath: workflowFile('index'),
    workflowInterceptorModules: [
      workflowFile('resets'),
      workflowFile('reserved-names'),
      workflowFile('local-steps-first'),
      workflowFile('read-ahead'),
      ...(watched ? [workflowFile('telemetry')] : []),
    ],
    preloadModules: [...sharedLibraries, workflowFile('short-stacks'), workflowFile('shared-modules')],
    payloadConverterPath: dataConverter.payloadConverterPath ?? '',
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
  return code;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(bundlePath, await bundleWorkflows());
  await writeFile(watchedBundlePath, await bundleWorkflows({ watched: true }));
}
