import { checkPackages } from './check-packages.ts';
import type { AnyTool } from './define-tool.ts';
import { listFiles } from './list-files.ts';
import { listPackages } from './list-packages.ts';
import { payInvoice } from './pay-invoice.ts';
import { proposeChange } from './propose-change.ts';
import { queryTable } from './query-table.ts';
import { readArtifact } from './read-artifact.ts';
import { readFile } from './read-file.ts';
import { readInvoice } from './read-invoice.ts';
import { readPackage } from './read-package.ts';
import { recall } from './recall.ts';
import { recordPackages } from './record-packages.ts';
import { remember } from './remember.ts';
import { startAgent } from './start-agent.ts';
import { writeFile } from './write-file.ts';

/** Every tool that an activity can run, by name. What core does by itself (`note`, `finish`, ...) is not among them. */
export const tools: ReadonlyMap<string, AnyTool> = new Map(
  [
    ...[listFiles, readFile, readArtifact, readInvoice, queryTable, payInvoice, writeFile, remember, recall],
    ...[listPackages, readPackage, checkPackages, recordPackages, proposeChange],
    startAgent,
  ].map((tool) => [tool.manifest.name, tool]),
);
