import { z } from 'zod';

const environmentName = /^env:[A-Za-z_][A-Za-z0-9_]*$/;
const filePath = /^file:\/[^\0]*$/;

/**
 * Where a worker finds a secret: `env:NAME` or `file:/absolute/path`. Manifests, workflow inputs and digests hold references; the value is
 * resolved by the worker at the moment of use and stands nowhere else.
 */
export const SecretReference = z
  .string()
  .refine((text) => environmentName.test(text) || filePath.test(text), {
    error: 'must be a secret reference: env:NAME or file:/absolute/path, never the secret itself',
  })
  .meta({ id: 'SecretReference', anyOf: [{ pattern: environmentName.source }, { pattern: filePath.source }] });
export type SecretReference = z.infer<typeof SecretReference>;
