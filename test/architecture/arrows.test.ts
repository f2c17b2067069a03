// Every arrow, allowed and forbidden, planted in one tree and judged by the project's own rules. The table below says the same as .dependency-cruiser.mjs in
// other words, so that a slip in one of the two shows.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsIn } from './cruise.js';
import type { Planted } from './fixture-tree.js';
import { importOf, packageFiles, plant } from './fixture-tree.js';

const nodeModules = ['node:fs', 'node:crypto', 'node:child_process'];
const oauth = ['openid-client', 'oauth4webapi', 'jose'];
const beforeTheClient = ['domain', 'rules', 'sql', 'workflows', 'activities', 'immuta', 'platforms', 'secrets', 'temporal', 'worker'];
const temporalPackages = ['activity', 'client', 'common', 'envconfig', 'proto', 'worker', 'workflow'].map((name) => `@temporalio/${name}`);
const packages = [
  'zod',
  'ky',
  'pino',
  'yaml',
  'commander',
  'hono',
  '@hono/node-server',
  '@clack/prompts',
  'snowflake-sdk',
  '@databricks/sql',
  'thrift',
  'left-pad',
  ...temporalPackages,
  ...oauth,
];

const may: Readonly<Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }>> = {
  rules: { values: ['rules'], types: ['domain'] },
  domain: { values: ['domain', 'rules', 'zod'] },
  sql: { values: ['sql', 'rules', 'node:crypto'], types: ['domain'] },
  workflows: { values: ['workflows', 'rules', '@temporalio/workflow', '@temporalio/common'], types: ['domain', 'activities'] },
  activities: {
    values: ['activities', 'rules', 'sql', 'domain', '@temporalio/activity', '@temporalio/client', '@temporalio/common', ...nodeModules],
  },
  immuta: { values: ['immuta', 'domain', 'rules', 'ky', 'zod', ...nodeModules] },
  platforms: { values: ['platforms', 'sql', 'domain', 'rules', 'ky', 'zod', ...oauth, ...nodeModules] },
  secrets: { values: ['secrets', 'domain', ...nodeModules] },
  temporal: {
    values: [
      'temporal',
      'domain',
      'rules',
      'secrets',
      ...['common', 'client', 'envconfig', 'proto'].map((name) => `@temporalio/${name}`),
      ...nodeModules,
    ],
  },
  worker: { values: [...beforeTheClient, ...temporalPackages, 'pino', ...nodeModules] },
  client: {
    values: [
      'client',
      'domain',
      'rules',
      'sql',
      'secrets',
      'temporal',
      '@temporalio/client',
      '@temporalio/common',
      'commander',
      '@clack/prompts',
      'hono',
      '@hono/node-server',
      'yaml',
      'zod',
      'pino',
      ...oauth,
      ...nodeModules,
    ],
  },
  dev: { values: [...beforeTheClient, 'client', 'dev', 'simulators', ...packages, ...nodeModules] },
  simulators: { values: ['simulators', 'thrift', '@databricks/sql', ...nodeModules] },
};
const folders = Object.keys(may);
const drivers = ['snowflake-sdk', '@databricks/sql'];

interface Case extends Planted {
  readonly title: string;
  /** The rule that must fire, or none at all. */
  readonly expected: string | undefined;
}

const matrix: readonly Case[] = folders.flatMap((from) =>
  [...folders, ...packages, ...nodeModules]
    .filter((to) => !(from === 'platforms' && drivers.includes(to))) // one folder each; see below
    .flatMap((to) => (['value', 'type'] as const).map((kind) => arrowCase(from, to, kind))),
);

const single: readonly Case[] = [
  expecting('client/lazily.ts', importOf('../worker/target.js', 'dynamic'), 'client-values', 'a lazy import is an arrow like any other'),
  expecting('client/messages-user.ts', importOf('../workflows/messages.js', 'value'), undefined, 'the client may use the messages of the workflows'),
  expecting('client/starter.ts', importOf('../workflows/index.js', 'type'), undefined, 'the client may know the types of the workflows'),
  expecting('client/loader.ts', importOf('../workflows/index.js', 'value'), 'client-values', 'the client may not load the workflows'),
  expecting('client/commands/dev.ts', importOf('../../dev/target.js', 'value'), 'commands-start-processes-by-path', 'a command imports no process'),
  expecting('platforms/snowflake/session.ts', importOf('snowflake-sdk', 'dynamic'), undefined, 'a platform folder may load its own driver'),
  expecting('platforms/databricks/session.ts', importOf('@databricks/sql', 'dynamic'), undefined, 'the other platform folder may too'),
  expecting(
    'platforms/databricks/wrong.ts',
    importOf('snowflake-sdk', 'value'),
    'one-driver-one-folder',
    'a platform folder may not load the other driver',
  ),
  expecting('platforms/pool.ts', importOf('@databricks/sql', 'value'), 'one-driver-one-folder-databricks', 'what platforms share knows no driver'),
  expecting(
    'platforms/snowflake/peer.ts',
    importOf('../databricks/session.js', 'value'),
    'platforms-apart',
    'the two platforms know nothing of each other',
  ),
  expecting('worker/proof.ts', importOf('../test/target.js', 'value'), 'nothing-leans-on-tests', 'nothing leans on tests'),
  expecting('dev/proof.ts', importOf('../test/target.js', 'value'), 'dev-values', 'development does not lean on tests'),
  expecting('dev/proof-types.ts', importOf('../test/target.js', 'type'), 'dev-types', 'nor on their types'),
  expecting('domain/circle-a.ts', importOf('./circle-b.js', 'value'), 'no-circles', 'two files may not need each other'),
  expecting('domain/lost.ts', importOf('./nowhere.js', 'value'), 'unresolvable', 'an import must lead somewhere'),
  expecting('test/anything.ts', importOf('../immuta/target.js', 'value'), undefined, 'a test may import anything'),
];

describe('the arrows between the folders', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'mooring-arrows-')));
  let violations: ReadonlyMap<string, readonly string[]> = new Map();

  beforeAll(async () => {
    plant(root, packages.flatMap(packageFiles));
    for (const folder of [...folders, 'test']) plant(root, [{ path: `${folder}/target.ts`, text: 'export const value = 1;\n' }]);
    plant(root, [
      ...['messages', 'index'].map((name) => ({ path: `workflows/${name}.ts`, text: 'export const value = 1;\n' })),
      ...matrix,
      ...single,
    ]);
    plant(root, [{ path: 'domain/circle-b.ts', text: importOf('./circle-a.js', 'value') }]);

    violations = await violationsIn(root, [...folders, 'test'], '.dependency-cruiser.mjs');
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(folders)('%s may import what the table says as values and as types, and nothing else', (folder) => {
    const wrong = matrix.filter(({ path, expected }) => path.startsWith(`${folder}/`) && !judged(violations.get(path), expected));

    expect(
      wrong.map(
        ({ title, path, expected }) => `${title}: expected ${expected ?? 'no violation'}, got ${(violations.get(path) ?? ['none']).join(', ')}`,
      ),
    ).toEqual([]);
  });

  it.each(single)('$title ($path)', ({ path, expected }) => {
    const broken = new Set(violations.get(path));

    if (expected !== undefined) broken.forEach((rule) => rule !== expected && broken.delete(rule)); // the arrows' own rules may object as well
    expect([...broken]).toEqual(expected === undefined ? [] : [expected]);
  });

  it('lets no rule stand that no planted file breaks', async () => {
    const { default: configuration } = (await import(join(process.cwd(), '.dependency-cruiser.mjs'))) as {
      default: { forbidden: { name: string }[] };
    };

    const broken = new Set([...violations.values()].flat());

    expect(configuration.forbidden.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([]);
  });
});

describe('what workflow code may reach', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'mooring-reach-')));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('counts every path of compiled imports, and no type', async () => {
    plant(root, packageFiles('zod'));
    plant(root, [
      { path: 'domain/schema.ts', text: `${importOf('zod', 'value')}export interface Shape {}\n` },
      { path: 'rules/pure.ts', text: `import type { Shape } from '../domain/schema.js';\nexport type Kept = Shape;\nexport const pure = 1;\n` },
      { path: 'rules/impure.ts', text: importOf('../domain/schema.js', 'value') },
      { path: 'rules/clock.ts', text: importOf('node:fs', 'value') },
      { path: 'workflows/clean.ts', text: importOf('../rules/pure.js', 'value') },
      { path: 'workflows/far-zod.ts', text: importOf('../rules/impure.js', 'value') },
      { path: 'workflows/far-node.ts', text: importOf('../rules/clock.js', 'value') },
      { path: 'workflows/emptied.ts', text: `import { type Shape } from '../domain/schema.js';\nexport type Kept = Shape;\n` },
    ]);

    const violations = await violationsIn(root, ['domain', 'rules', 'workflows'], '.dependency-cruiser.reach.mjs');

    expect(Object.fromEntries([...violations].map(([file, rules]) => [file, [...new Set(rules)]]))).toEqual({
      'rules/impure.ts': ['sandbox-reaches-no-zod'],
      'rules/clock.ts': ['sandbox-reaches-no-node'],
      'workflows/far-zod.ts': ['sandbox-reaches-no-zod'],
      'workflows/far-node.ts': ['sandbox-reaches-no-node'],
      'workflows/emptied.ts': ['sandbox-reaches-no-zod'],
    });
  });
});

function arrowCase(from: string, to: string, kind: 'value' | 'type'): Case {
  const allowed = [...(may[from]?.values ?? []), ...(kind === 'type' ? (may[from]?.types ?? []) : [])].includes(to);
  const path = `${from}/${kind}-of-${to.replaceAll(/[^a-z0-9]/g, '-')}.ts`;
  const specifier = folders.includes(to) ? `../${to}/target.js` : to;
  return expecting(path, importOf(specifier, kind), allowed ? undefined : `${from}-${kind}s`, `${from} imports a ${kind} of ${to}`);
}

function expecting(path: string, text: string, expected: string | undefined, title: string): Case {
  return { path, text, expected, title };
}

function judged(broken: readonly string[] = [], expected: string | undefined): boolean {
  return expected === undefined ? broken.length === 0 : broken.includes(expected);
}
