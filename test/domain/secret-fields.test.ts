import { expect, test } from 'vitest';
import { z } from 'zod';
import { DatabricksTarget } from '../../domain/databricks-target.js';
import { ImmutaTarget } from '../../domain/registration-request.js';
import { secretFields } from '../../domain/secret-fields.js';
import { SnowflakeTarget } from '../../domain/snowflake-target.js';

test('every field that the schemas call a secret reference is found, and no other', () => {
  for (const schema of [ImmutaTarget, SnowflakeTarget, DatabricksTarget]) {
    const names = properties(z.toJSONSchema(schema, { io: 'input' }));
    expect(names.length).toBeGreaterThan(2);

    for (const { name, secret } of names) expect([name, secretFields({ [name]: 'env:VALUE' }).length === 1]).toEqual([name, secret]);
  }
});

test('a field is named with what it stands in', () => {
  const account = {
    authenticationType: 'oAuthM2M',
    oAuthClientConfig: { clientId: 'sp', clientSecret: 'env:SECRET', scope: undefined },
    list: ['token'],
  };

  expect(secretFields(account)).toEqual([{ field: 'oAuthClientConfig.clientSecret', reference: 'env:SECRET' }]);
});

/** Every property of a JSON Schema, at any depth. */
function properties(schema: unknown): { readonly name: string; readonly secret: boolean }[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema && typeof schema.properties === 'object' && schema.properties !== null ? Object.entries(schema.properties) : [];
  return [
    ...own.map(([name, property]: [string, unknown]) => ({ name, secret: JSON.stringify(property).includes('SecretReference') })),
    ...Object.entries(schema).flatMap(([key, value]) => (key === '$defs' ? [] : properties(value))),
  ].filter(({ name }) => !['oAuthClientConfig', 'proxyOptions', 'systemAccount', 'privilegedUser'].includes(name));
}
