/**
 * Who may import what at run time. Type-only imports are left out: they are gone when the code runs.
 * Each comment says what to do instead.
 */
const pureLibraries = '^node_modules/(zod|@marcbachmann/cel-js|@noble/(ed25519|hashes)|yaml)/';
const here = (folder) => `^src/${folder}/`;

/** A folder may import only these. */
function only(from, allowed, comment) {
  return {
    name: `${from}-imports`,
    comment,
    severity: 'error',
    from: { path: here(from) },
    to: { pathNot: [here(from), ...allowed] },
  };
}

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other belong together, or need a third one that both import.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Add the package to package.json, or correct the path.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    only(
      'contracts',
      ['^node_modules/zod/', '^node_modules/@temporalio/(workflow|common)/'],
      'Contracts are shapes only. Whoever needs more than zod is not a contract.',
    ),
    {
      name: 'contracts-temporal',
      comment:
        'Only message definitions, the converters and the header of traces know Temporal; other contracts are plain shapes.',
      severity: 'error',
      from: {
        path: here('contracts'),
        pathNot: 'contracts/(message-definitions|payload-converter|failure-converter|trace-header)\\.ts$',
      },
      to: { path: '^node_modules/@temporalio/' },
    },
    only(
      'core',
      [here('contracts'), pureLibraries],
      'Core is pure: pass the result of I/O in as an event, and ask for I/O with a command.',
    ),
    {
      name: 'core-without-temporal',
      comment:
        'Core must run anywhere: nothing of Temporal may be reachable from it, also not through contracts.',
      severity: 'error',
      from: { path: here('core') },
      to: { path: '^node_modules/@temporalio/', reachable: true },
    },
    only(
      'workflows',
      [here('core'), here('contracts'), '^node_modules/@temporalio/(workflow|common)/', '^node_modules/zod/'],
      'Workflow code is replayed: what touches the world is an activity, what decides is in core.',
    ),
    {
      name: 'workflows-without-node',
      comment: 'There is no Node in the workflow sandbox; move the code into an activity.',
      severity: 'error',
      from: { path: here('workflows') },
      to: { path: '^(node:|fs$|path$|crypto$|os$|url$|child_process$)', reachable: true },
    },
    {
      name: 'definition-files-outside',
      comment: 'Definitions are parsed by an activity; the YAML library has no place in the workflow bundle.',
      severity: 'error',
      from: { path: here('workflows') },
      to: { path: '^src/core/definition-file\\.ts$', reachable: true },
    },
    only(
      'storage',
      [here('contracts'), '^node_modules/(zod|kysely)/', '^(node:)?[a-z_/]+$'],
      "Storage is shared by the worker and by people's own programs: it knows neither, nor Temporal.",
    ),
    only(
      'telemetry',
      [
        here('contracts'),
        '^node_modules/(zod|@opentelemetry/[a-z-]+|@temporalio/common)/',
        '^(node:)?[a-z_/]+$',
      ],
      'Tracing is shared by workers and clients: whoever has something to trace is handed a tracer.',
    ),
    {
      name: 'opentelemetry-in-its-adapter',
      comment: 'Nothing of it is loaded unless somebody traces: take a Tracer, which only the adapter makes.',
      severity: 'error',
      from: { path: '^src/', pathNot: here('telemetry') },
      to: { path: '^node_modules/@opentelemetry/' },
    },
    only(
      'payloads',
      [here('contracts'), '^node_modules/(zod|@temporalio/(common|proto))/', '^(node:)?[a-z_/]+$'],
      'How payloads are encrypted is the same for workers and clients, which both read it from their environment.',
    ),
    only(
      'history',
      [
        here('core'),
        here('contracts'),
        '^node_modules/(zod|@temporalio/(common|proto))/',
        '^(node:)?[a-z_/]+$',
      ],
      'Histories are read by the worker and by clients: whoever has events hands them in.',
    ),
    only(
      'archive',
      [
        here('core'),
        here('contracts'),
        here('history'),
        here('storage'),
        here('runtime'),
        '^node_modules/@temporalio/(client|proto)/',
        '^(node:)?[a-z_/]+$',
      ],
      'What becomes of runs that have closed is the same for the worker and for clients: both hand in their connection.',
    ),
    only(
      'tools',
      [here('contracts'), here('storage'), '^node_modules/(?!@temporalio)', '^(node:)?[a-z_/]+$'],
      'Tools know the contract of tools and libraries, not agents, workflows or Temporal.',
    ),
    only(
      'activities',
      [
        here('core'),
        here('contracts'),
        here('tools'),
        here('storage'),
        '^node_modules/(zod|openai|undici|standardwebhooks|@modelcontextprotocol/sdk|@temporalio/(activity|common))/',
        '^(node:)?[a-z_/]+$',
      ],
      'Activities are handed what they need through ports; the worker composes them.',
    ),
    {
      name: 'openai-in-its-adapter',
      comment: 'Models are reached through ModelPort; only the adapter knows the package.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/activities/openai/' },
      to: { path: '^node_modules/openai/' },
    },
    {
      name: 'mcp-in-its-adapter',
      comment: 'Servers of tools are reached through McpPort; only the adapter knows the protocol.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/activities/mcp/' },
      to: { path: '^node_modules/(@modelcontextprotocol|undici)/' },
    },
    {
      name: 'worker-without-client',
      comment: 'The worker is a composition root of its own; what both need belongs into contracts or core.',
      severity: 'error',
      from: { path: here('worker') },
      to: { path: here('client') },
    },
    only(
      'client/web',
      [
        here('contracts'),
        '^node_modules/(react|react-dom|scheduler|@tanstack/[a-z-]+|diff|zod|vite|@vitejs/plugin-react)/',
        '^(node:)?path$',
      ],
      'Pages run in a browser: they know the contracts and the HTTP API, nothing of the server behind it.',
    ),
    {
      name: 'pages-alone',
      comment:
        'Pages are built into files of their own; whoever needs the same as they do finds it in contracts.',
      severity: 'error',
      from: { path: '^src/', pathNot: here('client/web') },
      to: { path: here('client/web') },
    },
    only(
      'client',
      [
        here('core'),
        here('contracts'),
        here('payloads'),
        here('history'),
        here('archive'),
        here('storage'),
        here('runtime'),
        here('telemetry'),
        '^package\\.json$',
        '^node_modules/',
        '^(node:)?[a-z_/]+$',
      ],
      'Clients reach agents through the gateway, never through worker code.',
    ),
    {
      name: 'simulator-alone',
      comment: 'The simulator stands for a foreign model server: it must not know anything of the product.',
      severity: 'error',
      from: { path: here('simulator') },
      to: { path: '^src/', pathNot: [here('simulator'), here('runtime')] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: false,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
