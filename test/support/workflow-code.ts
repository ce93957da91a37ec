import { bundleWorkflows } from '../../src/worker/bundle.ts';

const bundles = new Map<boolean, Promise<string>>();

/** The workflows, bundled from source once for all tests of a process. `watched`: with what reports to traces and numbers. */
export function workflowCode({ watched } = { watched: false }): Promise<string> {
  const bundle = bundles.get(watched) ?? bundleWorkflows({ watched });
  bundles.set(watched, bundle);
  return bundle;
}
