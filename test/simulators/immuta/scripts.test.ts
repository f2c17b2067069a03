import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encryptedPem, pem, registration, scriptRequest, startTenant, until, withOAuth, withPassword } from './tenant.js';
import type { TestTenant } from './tenant.js';
import { statementsOf } from './statements.js';

const create = '/integrations/scripts/create';
const cleanup = '/integrations/scripts/cleanup';

describe('the scripts of Immuta', () => {
  let tenant: TestTenant;
  beforeEach(async () => {
    tenant = await startTenant();
  });
  afterEach(() => tenant.immuta.close());

  it('has at least 30 statements with every shape that misleads a splitter', async () => {
    const { status, text, headers } = await tenant.call('POST', create, scriptRequest());

    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(statementsOf(text).length).toBeGreaterThanOrEqual(30);
    expect(text).toMatch(/^-- .*;/m);
    expect(text).toMatch(/\/\*[^*]*;/);
    expect(text).toMatch(/\$\$[^$]*;[^$]*\$\$/);
    expect(text).toMatch(/'[^'\n]*;[^'\n]*'/);
    for (const role of ['SYSADMIN', 'USERADMIN', 'SECURITYADMIN', 'ACCOUNTADMIN']) expect(text).toContain(`USE ROLE ${role};`);
  });

  it('makes database and system role, gives them away, and lets them act on the account', async () => {
    const { text } = await tenant.call('POST', create, scriptRequest());

    const statements = statementsOf(text);

    expect(statements).toContain('CREATE DATABASE "IMMUTA"');
    expect(statements).toContain('GRANT OWNERSHIP ON DATABASE "IMMUTA" TO ROLE "IMMUTA_SYSTEM" COPY CURRENT GRANTS');
    for (const privilege of ['APPLY MASKING POLICY', 'APPLY ROW ACCESS POLICY', 'MANAGE GRANTS']) {
      expect(statements).toContain(`GRANT ${privilege} ON ACCOUNT TO ROLE "IMMUTA_SYSTEM" WITH GRANT OPTION`);
    }
    expect(statements.some((statement) => statement.startsWith('CREATE ROLE IF NOT EXISTS "IMMUTA_SYSTEM"'))).toBe(true);
  });

  it('holds only statements whose effect can be read, unless the switch adds a CALL', async () => {
    const known = /^(USE ROLE|CREATE (DATABASE|SCHEMA|TABLE|ROLE|USER|PROCEDURE|FUNCTION) |ALTER DATABASE .* SET |GRANT )/;
    const plain = await tenant.call('POST', create, scriptRequest());
    tenant.immuta.setSwitches({ opaqueStatements: true });
    const opaque = await tenant.call('POST', create, scriptRequest());

    const strangers = (text: string): string[] => statementsOf(text).filter((statement) => !known.test(statement));

    expect(strangers(plain.text)).toEqual([]);
    expect(strangers(opaque.text)).toEqual(['CALL "IMMUTA"."IMMUTA_PROCEDURES"."REFRESH_PROFILES"()']);
  });

  it('makes no user for a key pair, and one with the password in clear for a password', async () => {
    const keyPair = await tenant.call('POST', create, scriptRequest());
    const password = await tenant.call('POST', create, scriptRequest(withPassword));
    tenant.immuta.setSwitches({ doubleQuotedPassword: true });
    const doubleQuoted = await tenant.call('POST', create, scriptRequest(withPassword));

    expect(keyPair.text).not.toContain('CREATE USER');
    expect(password.text).toContain(`CREATE USER IF NOT EXISTS "IMMUTA_SYSTEM_ACCOUNT"\n  PASSWORD = 'it''s a \\\\ secret'`);
    expect(doubleQuoted.text).toContain(`PASSWORD = "it's a \\ secret"`);
  });

  it('grants the query history only with audit, and makes the impersonation role only with impersonation', async () => {
    const audit = await tenant.call('POST', create, scriptRequest());
    const neither = await tenant.call('POST', create, scriptRequest({ audit: { enabled: false } }));
    const impersonation = await tenant.call('POST', create, scriptRequest({ impersonation: { enabled: true } }));
    const named = await tenant.call('POST', create, scriptRequest({ impersonation: { enabled: true, role: 'ACT_AS' } }));

    expect(audit.text).toContain('GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE');
    expect(neither.text).not.toContain('IMPORTED PRIVILEGES');
    expect(neither.text).not.toContain('_IMPERSONATION');
    expect(statementsOf(impersonation.text)).toContain('CREATE ROLE "IMMUTA_IMPERSONATION"');
    expect(statementsOf(named.text)).toContain('CREATE ROLE "ACT_AS"');
  });

  it('cleans up what the bootstrap script creates, and the user only if the script made it', async () => {
    const keyPair = await tenant.call('POST', cleanup, scriptRequest());
    const password = await tenant.call('POST', cleanup, scriptRequest({ ...withPassword, impersonation: { enabled: true } }));

    expect(statementsOf(keyPair.text)).toEqual(['USE ROLE ACCOUNTADMIN', 'DROP DATABASE IF EXISTS "IMMUTA"', 'DROP ROLE IF EXISTS "IMMUTA_SYSTEM"']);
    expect(statementsOf(password.text)).toEqual([
      'USE ROLE ACCOUNTADMIN',
      'DROP DATABASE IF EXISTS "IMMUTA"',
      'DROP USER IF EXISTS "IMMUTA_SYSTEM_ACCOUNT"',
      'DROP ROLE IF EXISTS "IMMUTA_IMPERSONATION"',
      'DROP ROLE IF EXISTS "IMMUTA_SYSTEM"',
    ]);
  });

  it('quotes names so that none can end its quotes', async () => {
    const { text } = await tenant.call('POST', create, scriptRequest({ database: 'A"; DROP DATABASE "B' }));

    expect(statementsOf(text)).toContain('CREATE DATABASE "A""; DROP DATABASE ""B"');
  });

  it('gives the same script for the same request, and stores nothing', async () => {
    const first = await tenant.call('POST', create, scriptRequest());
    const second = await tenant.call('POST', create, scriptRequest());

    expect(second.text).toBe(first.text);
    expect(tenant.immuta.objects()).toEqual({ connections: [], integrations: [] });
  });

  it('answers as text, as a JSON string, as a JSON object or as a JSON array', async () => {
    const plain = await tenant.call('POST', create, scriptRequest());
    const forms: unknown[] = [];
    for (const scriptForm of ['jsonString', 'jsonObject', 'jsonArray']) {
      tenant.immuta.setSwitches({ scriptForm });
      forms.push((await tenant.call('POST', create, scriptRequest())).body);
    }

    expect(forms).toEqual([plain.text, { script: plain.text }, plain.text.split('\n')]);
  });

  it('has no cleanup script on an older tenant', async () => {
    tenant.immuta.setSwitches({ cleanupScript: false });

    expect((await tenant.call('POST', cleanup, scriptRequest())).status).toBe(404);
  });

  it('takes OAuth without a user name', async () => {
    const { status, text } = await tenant.call('POST', create, scriptRequest(withOAuth));

    expect(status).toBe(200);
    expect(text).not.toContain('TO USER');
  });

  it.each([
    ['an unknown key', { surprise: 1 }, '"config.surprise" is not allowed'],
    ['a missing database', { database: undefined }, '"config.database" is required'],
    ['an unknown authentication type', { authenticationType: 'token' }, '"config.authenticationType" must be one of'],
    ['a key of another authentication type', { password: 'x' }, '"config.password" is not allowed'],
    ['a host with a scheme', { host: 'https://acme.snowflakecomputing.com' }, '"config.host" must be a host name'],
    ['a port that is none', { port: 70_000 }, '"config.port" must be less than or equal to 65535'],
    [
      'a wrong keyName',
      { privateKey: { keyName: 'KEY', userFilename: 'x', content: pem } },
      '"config.privateKey.keyName" must be one of [PRIV_KEY_FILE]',
    ],
    [
      'a key whose line ends were escaped twice',
      { privateKey: { keyName: 'PRIV_KEY_FILE', userFilename: 'x', content: pem.replaceAll('\n', '\\n') } },
      '"config.privateKey.content" must be a private key in PEM',
    ],
    [
      'an encrypted key without its password',
      { privateKey: { keyName: 'PRIV_KEY_FILE', userFilename: 'x', content: encryptedPem } },
      '"config.privateKeyPassword" is required',
    ],
    ['a wrong feature object', { audit: { enabled: 'yes' } }, '"config.audit.enabled" must be a boolean'],
    [
      'an OAuth client without its secret',
      { ...withOAuth, oAuthClientConfig: { useCertificate: false, clientId: 'c', authorityUrl: 'https://idp.example.com' } },
      '"config.oAuthClientConfig.clientSecret" is required',
    ],
  ])('refuses %s and names it', async (_what, changes, message) => {
    const replies = [await tenant.call('POST', create, scriptRequest(changes)), await tenant.call('POST', cleanup, scriptRequest(changes))];

    for (const reply of replies) {
      expect(reply).toMatchObject({ status: 400, body: { statusCode: 400, error: 'Bad Request', message: expect.stringContaining(message) } });
    }
  });

  it('refuses automatic bootstrap, another technology and keys beside config', async () => {
    const automatic = await tenant.call('POST', create, { ...scriptRequest(), autoBootstrap: true });
    const technology = await tenant.call('POST', create, { ...scriptRequest(), type: 'Databricks' });
    const beside = await tenant.call('POST', create, { ...scriptRequest(), unityCatalog: true });

    expect([automatic.status, technology.status, beside.status]).toEqual([400, 400, 400]);
  });

  it('refuses the features removed in 2026 where the switch says so', async () => {
    const request = scriptRequest({ lineage: { enabled: false }, workspaces: { enabled: false } });

    const before = await tenant.call('POST', create, request);
    tenant.immuta.setSwitches({ legacyFeatureKeys: false });
    const after = await tenant.call('POST', create, request);

    expect([before.status, after.status]).toEqual([200, 400]);
  });

  it('refuses what is no JSON, too long, or of another type', async () => {
    const broken = await tenant.call('POST', create, '{');
    const long = await tenant.call('POST', create, JSON.stringify({ filler: 'x'.repeat(1_100_000) }));
    const xml = await tenant.call('POST', create, '<a/>', { 'content-type': 'application/xml' });

    expect([broken.status, long.status, xml.status]).toEqual([400, 413, 415]);
  });

  it('gives the removal script of an integration by its id, once it is set up', async () => {
    tenant.immuta.setSwitches({ creatingMs: 1_000 });
    tenant.platform.bootstrapped();
    const expected = await tenant.call('POST', cleanup, scriptRequest());
    await tenant.call('POST', '/data/connection', registration());
    const ask = () => tenant.call('POST', '/integrations/1/scripts/delete');

    const early = await ask();
    const ready = await until(ask, ({ status }) => status !== 409);

    expect(early).toMatchObject({ status: 409, body: { message: 'Unable to edit integration with ID 1 in current state creating' } });
    expect(ready).toMatchObject({ status: 200, text: expected.text });
    expect((await tenant.call('POST', '/integrations/7/scripts/delete')).body).toMatchObject({ message: 'No integration found with ID 7' });
    expect((await tenant.call('POST', '/integrations/1/scripts/delete', { surprise: 1 })).status).toBe(400);
  });
});
