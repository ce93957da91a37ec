import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { dataConverter } from '../contracts/data-converter.ts';

/** Where the build leaves the bundle. Built ahead, because building it takes longer than a restart may. */
export const bundlePath = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

/** Bundles the workflow code together with its payload converter, from source or from the build, as this file is. */
export async function bundleWorkflows(): Promise<string> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(`../workflows/index.${extension}`, import.meta.url)),
    preloadModules: [fileURLToPath(new URL(`../workflows/preloaded.${extension}`, import.meta.url))],
    payloadConverterPath: dataConverter.payloadConverterPath ?? '',
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
  return code;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(bundlePath, await bundleWorkflows());
