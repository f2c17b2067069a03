import type { SecretReference } from './secret-reference.js';

/** Every key of a manifest whose value is a secret reference; test/domain/secret-fields.test.ts compares it with the schemas. */
const secretKeys: ReadonlySet<string> = new Set([
  'secret',
  'password',
  'privateKey',
  'privateKeyPassword',
  'token',
  'clientSecret',
  'oauthPrivateKey',
]);

/** A reference and the field it stands in, such as `oAuthClientConfig.clientSecret`. */
export interface SecretField {
  readonly field: string;
  readonly reference: SecretReference;
}

/** The secret references in a parsed part of a request, outermost first. */
export function secretFields(part: object, under = ''): readonly SecretField[] {
  return Object.entries(part).flatMap(([key, value]: [string, unknown]) => {
    const field = `${under}${key}`;
    if (typeof value === 'string') return secretKeys.has(key) ? [{ field, reference: value }] : [];
    return typeof value === 'object' && value !== null ? secretFields(value, `${field}.`) : [];
  });
}
