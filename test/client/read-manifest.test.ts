import { describe, expect, test } from 'vitest';
import { manifestSchema } from '../../client/manifest-schema.js';
import { ManifestError, parseManifest } from '../../client/read-manifest.js';
import { goodManifest } from './manifest-text.js';

function complaintOf(text: string): string {
  try {
    parseManifest(text, 'mooring.yaml');
  } catch (error) {
    if (error instanceof ManifestError) return error.message;
    throw error;
  }
  throw new Error('The manifest was accepted.');
}

const changed = (from: string, to: string): string => {
  expect(goodManifest).toContain(from);
  return goodManifest.replace(from, to);
};

const oAuthAccount = (more: string): string =>
  `systemAccount: { authenticationType: oAuthClientCredentials, role: R, oAuthClientConfig: { clientId: c, authorityUrl: "https://idp.example.com/t", ${more} } }`;

describe('A complaint names file, line, column, field and what to write', () => {
  test.each([
    ['a typo', changed('warehouse:', 'warehose:'), 'mooring.yaml:8:5 connections.snow_prod.warehose is an unknown key. Did you mean "warehouse"?'],
    ['a missing field', changed('    database: IMMUTA\n', ''), 'connections.snow_prod.database is missing'],
    [
      'a key of another authentication',
      changed('privateKey:', 'password: "env:A", privateKey:'),
      'systemAccount.password does not go with this authenticationType',
    ],
    [
      'a certificate that is no yes or no',
      changed(/systemAccount: .*/.exec(goodManifest)?.[0] ?? '?', oAuthAccount('useCertificate: "yes", clientSecret: "env:S"')),
      'systemAccount.oAuthClientConfig.useCertificate must be one of false, true',
    ],
    [
      'a secret beside a certificate',
      changed(/systemAccount: .*/.exec(goodManifest)?.[0] ?? '?', oAuthAccount('useCertificate: true, clientSecret: "env:S"')),
      'systemAccount.oAuthClientConfig.clientSecret does not go with this useCertificate',
    ],
    ['an unknown authentication', changed('keyPair', 'keypair'), 'systemAccount.authenticationType must be one of userPassword, keyPair'],
    ['a number in quotes', changed('host:', 'port: "443"\n    host:'), 'connections.snow_prod.port must be a number'],
    [
      'a duration without unit',
      changed('host:', 'script: { expiresAfter: 72 }\n    host:'),
      'script.expiresAfter must be a whole number and ms, s, m, h or d',
    ],
    ['dots alone as the key', changed('snow_prod:', '"..":'), 'mooring.yaml:5:3 connections... connectionKey ".." cannot stand in an address'],
    ['a control character in the key', changed('snow_prod:', '"a\\nb":'), 'connectionKey "a\\nb" holds a control character'],
    ['a duplicate key', changed('    warehouse:', '    host: other.example.com\n    warehouse:'), 'mooring.yaml:8:5 this key stands twice'],
    [
      'another technology',
      changed('technology: Snowflake', 'technology: Trino\n    catalog: x'),
      'technology is Trino, but this version of Mooring registers Snowflake and Databricks',
    ],
    ['a key of another technology', changed('host:', 'catalog: x\n    host:'), 'snow_prod.catalog does not go with this technology. Remove it'],
    ['no technology', changed('    technology: Snowflake\n', ''), 'technology is missing. Write technology: Snowflake or technology: Databricks'],
    ['two documents', `${goodManifest}---\n${goodManifest}`, 'a manifest is one document'],
    ['__proto__', changed('snow_prod:', '__proto__:'), 'has the key "__proto__"'],
    ['no connection', 'immuta: { url: "https://a.example.com", secret: "env:A" }\nconnections: {}\n', 'names no connection'],
  ])('%s', (_case, text, complaint) => {
    expect(complaintOf(text)).toContain(complaint);
  });

  test('at the place in defaults, once, when it came from there', () => {
    const text = goodManifest.replace('connections:\n', 'defaults: { script: { polcy: approval } }\nconnections:\n');

    const complaint = complaintOf(text);

    expect(complaint).toBe('mooring.yaml:4:23 defaults.script.polcy is an unknown key. Did you mean "policy"?');
  });

  test('and nothing but the technology when that is foreign', () => {
    const complaint = complaintOf(changed('technology: Snowflake', 'technology: Trino\n    catalog: x\n    httpPath: /x'));

    expect(complaint.split('\n')).toHaveLength(1);
  });
});

describe('A literal secret is refused and never shown', () => {
  const literal = 'hunter2-Sesame';
  test.each([
    ['as a password', changed("'env:SNOWFLAKE_B'", literal), 'privilegedUser.password must be a secret reference: env:NAME or file:/absolute/path'],
    ['as a key', changed("'file:/run/secrets/immuta.p8'", `"-----BEGIN ${literal}"`), 'privateKey must be a secret reference'],
    ['as a relative file', changed("'env:SNOWFLAKE_B'", `"file:${literal}"`), 'password must be a secret reference'],
    ['like an alias', changed("'env:SNOWFLAKE_B'", `*${literal}`), 'Quote text that starts with "*"'],
    ['like a tag', changed("'env:SNOWFLAKE_B'", `!${literal} x`), 'tag'],
    ['in an unknown field', changed('warehouse:', `apiKey: ${literal}\n    warehouse:`), 'apiKey is an unknown key'],
    ['in the address', changed('https://acme', `https://user:${literal}@acme`), 'immuta.url must be the tenant address'],
    ['with a colon', changed('env:IMMUTA_API_KEY', `${literal}: ${literal}: x`), 'mooring.yaml:3'],
    ['as the technology', changed('technology: Snowflake', `technology: "${literal}!"`), 'this version of Mooring registers Snowflake'],
  ])('%s', (_case, text, complaint) => {
    const said = complaintOf(text);

    expect(said).toContain(complaint);
    expect(said).not.toContain(literal);
  });
});

describe('A manifest that means harm', () => {
  test('an alias bomb is refused at its seventeenth alias', () => {
    const levels = Array.from(
      { length: 8 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array.from({ length: 9 }, () => `*l${level}`).join(', ')}]`,
    );

    const complaint = complaintOf(`l0: &l0 [x]\n${levels.join('\n')}\n`);

    expect(complaint).toContain('has more than 16 aliases');
  });

  test('brackets without end are refused', () => {
    expect(complaintOf('['.repeat(200_000))).toContain('is nested more than 32 levels deep');
    expect(complaintOf(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)).toContain('is nested more than 32 levels deep');
  });
});

test('JSON is a manifest too, with a $schema of its own', () => {
  const parsed = parseManifest(goodManifest, 'mooring.yaml');

  const fromJson = parseManifest(JSON.stringify({ $schema: './manifest.schema.json', ...parsed }), 'mooring.json');

  expect(fromJson.connections).toEqual(parsed.connections);
});

test('The JSON Schema requires nothing under a connection, because defaults may supply it', () => {
  const schema = JSON.stringify(manifestSchema());

  expect(schema).toContain('"required":["immuta","connections"]');
  expect(schema).not.toContain('"warehouse","database","systemAccount"');
  expect(schema).toContain('"defaults"');
});
