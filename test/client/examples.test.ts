// The manifests that people copy, by the JSON Schema that their editor reads and by the command. That each of them works is in
// scenarios/every-login.test.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readManifest } from '../../client/read-manifest.js';
import { DatabricksPrivilegedUser, DatabricksSystemAccount } from '../../domain/databricks-target.js';
import { SnowflakePrivilegedUser, SnowflakeSystemAccount } from '../../domain/snowflake-target.js';

const root = new URL('../../../', import.meta.url);
const folder = fileURLToPath(new URL('examples/', root));
const published = JSON.parse(readFileSync(new URL('dist/manifest.schema.json', root), 'utf8')) as object;
const fits = new Ajv2020({ allErrors: true }).compile(published);

const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const written = (file: string): Record<string, unknown> => parse(readFileSync(`${folder}${file}`, 'utf8')) as Record<string, unknown>;

describe.each(files)('examples/%s', (file) => {
  it('fits the published JSON Schema', () => {
    fits(written(file));

    expect(fits.errors).toBeNull();
  });

  it('is a manifest to the command, and leads an editor to the schema', () => {
    expect(Object.keys(readManifest(`${folder}${file}`, folder).connections).length).toBeGreaterThan(0);
    expect(readFileSync(`${folder}${file}`, 'utf8')).toMatch(/^# yaml-language-server: \$schema=\.\.\/dist\/manifest\.schema\.json\n/);
  });
});

describe('the published JSON Schema', () => {
  const good = written('snowflake-key-pair.yaml');

  it.each([
    ['a key that nobody knows', { ...good, conections: {} }],
    ['a secret written out', { ...good, immuta: { ...(good['immuta'] as object), secret: 'hunter2' } }],
    ['an authentication that nobody has', { ...good, immuta: { ...(good['immuta'] as object), authentication: 'basic' } }],
    ['a port that cannot be', { ...good, connections: { snow: { technology: 'Snowflake', port: 70_000 } } }],
    ['another technology', { ...good, connections: { lake: { technology: 'Glue' } } }],
  ])('complains of %s', (_what, manifest) => {
    expect(fits(manifest)).toBe(false);
  });
});

it('The examples show every way to log in that a manifest can say, for both accounts on both platforms, and for Immuta', () => {
  const manifests = files.map((file) => readManifest(`${folder}${file}`, folder));
  const connections = manifests.flatMap((manifest) => Object.values(manifest.connections));
  const shown = (technology: string, account: 'systemAccount' | 'privilegedUser') =>
    [...new Set(connections.filter((each) => each.technology === technology).map((each) => each[account].authenticationType))].toSorted();

  expect(shown('Snowflake', 'systemAccount')).toEqual(kindsOf(SnowflakeSystemAccount));
  expect(shown('Snowflake', 'privilegedUser')).toEqual(kindsOf(SnowflakePrivilegedUser));
  expect(shown('Databricks', 'systemAccount')).toEqual(kindsOf(DatabricksSystemAccount));
  expect(shown('Databricks', 'privilegedUser')).toEqual(kindsOf(DatabricksPrivilegedUser));
  expect([...new Set(manifests.map(({ immuta }) => immuta.authentication))].toSorted()).toEqual(['apiKey', 'bearer', 'exchange']);
});

function kindsOf({
  options,
}: {
  readonly options: readonly { readonly shape: { readonly authenticationType: { readonly value: string } } }[];
}): string[] {
  return options.map(({ shape }) => shape.authenticationType.value).toSorted();
}
