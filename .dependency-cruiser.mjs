// The arrows between the folders: what a folder may import, and what it may import as types only. Every folder has two rules, `<folder>-values` and
// `<folder>-types`; each is proved by a planted violation in test/architecture/arrows.test.ts.

import { builtinModules } from 'node:module';

/** Node's own modules, as dependency-cruiser names them. Whole names, without Node's retired `domain`: a file of our folders must never pass for one. */
export const node = `^(node:)?(${builtinModules.filter((name) => name !== 'domain').join('|')})$`;

const folder = (...names) => names.map((name) => `^${name}/`);
const npm = (...names) => names.map((name) => `node_modules/${name}/`);
const anyPackage = 'node_modules/';
const crypto = '^(node:)?crypto$';
const product = ['domain', 'rules', 'sql', 'workflows', 'activities', 'immuta', 'platforms', 'secrets', 'temporal', 'worker', 'client'];
const oauth = npm('openid-client', 'oauth4webapi', 'jose');

const arrows = [
  {
    from: 'rules',
    because: 'what may happen must be decidable anywhere, in the workflow sandbox too: no zod, no Node, nobody else',
    values: folder('rules'),
    types: folder('domain'),
  },
  {
    from: 'domain',
    because: 'the vocabulary has no I/O, no clock and no randomness',
    values: [...folder('domain', 'rules'), ...npm('zod')],
  },
  {
    from: 'sql',
    because: 'a script becomes a plan purely; the same text gives the same digest everywhere',
    values: [...folder('sql', 'rules'), crypto],
    types: folder('domain'),
  },
  {
    from: 'workflows',
    because: 'the sandbox replays: no Node, no I/O, and no zod, which costs 600 KiB in every cached run',
    values: [...folder('workflows', 'rules'), ...npm('@temporalio/workflow', '@temporalio/common')],
    types: folder('domain', 'activities'),
  },
  {
    from: 'activities',
    because: 'a step knows ports, never adapters; the worker joins them',
    values: [...folder('activities', 'rules', 'sql', 'domain'), ...npm('@temporalio/activity', '@temporalio/client', '@temporalio/common'), node],
  },
  {
    from: 'immuta',
    because: 'the client of the HTTP API is a library of its own: no Temporal, no platform',
    values: [...folder('immuta', 'domain', 'rules'), ...npm('ky', 'zod'), node],
  },
  {
    from: 'platforms',
    because: 'running a script is a library of its own: no Temporal, no Immuta',
    values: [...folder('platforms', 'sql', 'domain', 'rules'), ...npm('snowflake-sdk', '@databricks/sql', 'ky', 'zod'), ...oauth, node],
  },
  {
    from: 'secrets',
    because: 'few lines see a secret in clear, and they see nothing else',
    values: [...folder('secrets', 'domain'), node],
  },
  {
    from: 'temporal',
    because: 'how a process talks to the server, for every process alike; nothing of what the runs do',
    values: [
      ...folder('temporal', 'domain', 'rules', 'secrets'),
      ...npm('@temporalio/common', '@temporalio/client', '@temporalio/envconfig', '@temporalio/proto'),
      node,
    ],
  },
  {
    from: 'worker',
    because: 'the only place that joins ports to adapters; it knows no command and nothing of development',
    values: [...folder(...product.filter((name) => name !== 'client')), ...npm('@temporalio/[^/]+', 'pino'), node],
  },
  {
    from: 'client',
    because: 'a command starts fast and holds no privileged credential: no workflow code, no adapter, no worker',
    values: [
      ...folder('client', 'domain', 'rules', 'sql', 'secrets', 'temporal'),
      '^workflows/messages[.]ts$',
      ...npm('@temporalio/client', '@temporalio/common', 'commander', '@clack/prompts', 'hono', '@hono/node-server', 'yaml', 'zod', 'pino'),
      ...oauth,
      node,
    ],
    types: ['^workflows/index[.]ts$'],
  },
  {
    from: 'dev',
    because: 'development joins everything that runs, and is nothing that a product folder may need',
    values: [...folder('dev', 'simulators', ...product), anyPackage, node],
  },
  {
    from: 'simulators',
    because: 'a stand-in that shares code with the product proves nothing about it',
    values: [...folder('simulators'), ...npm('thrift', '@databricks/sql'), node],
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...arrows.flatMap(({ from, because, values, types = [] }) => [
      {
        name: `${from}-values`,
        comment: because,
        severity: 'error',
        from: { path: `^${from}/` },
        to: { pathNot: values, dependencyTypesNot: ['type-only'] },
      },
      {
        name: `${from}-types`,
        comment: because,
        severity: 'error',
        from: { path: `^${from}/` },
        to: { pathNot: [...values, ...types], dependencyTypes: ['type-only'] },
      },
    ]),
    {
      name: 'one-driver-one-folder',
      comment: 'a driver is replaced, or left out, by changing one folder',
      severity: 'error',
      from: { path: '^platforms/', pathNot: '^platforms/snowflake/' },
      to: { path: npm('snowflake-sdk') },
    },
    {
      name: 'one-driver-one-folder-databricks',
      comment: 'a driver is replaced, or left out, by changing one folder',
      severity: 'error',
      from: { path: '^platforms/', pathNot: '^platforms/databricks/' },
      to: { path: npm('@databricks/sql') },
    },
    {
      name: 'platforms-apart',
      comment: 'Snowflake and Databricks have their dialect and their errors each; what both need lies beside them',
      severity: 'error',
      from: { path: '^platforms/(snowflake|databricks)/' },
      to: { path: '^platforms/(snowflake|databricks)/', pathNot: '^platforms/$1/' },
    },
    {
      name: 'commands-start-processes-by-path',
      comment: 'the worker, the simulators and development run as processes of their own; a command that imported one would load all of it',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^(worker|dev|simulators)/' },
    },
    {
      name: 'nothing-leans-on-tests',
      comment: 'what proves the product stays outside it',
      severity: 'error',
      from: { pathNot: '^(test|benchmarks|vitest[.]config)' },
      to: { path: '^(test|benchmarks)/' },
    },
    {
      name: 'no-circles',
      comment: 'files that need each other are one file or three',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'unresolvable',
      comment: 'an import that leads nowhere escapes every other rule',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    // Without the conditions, packages that map their entry points (hono/html) cannot be resolved.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
