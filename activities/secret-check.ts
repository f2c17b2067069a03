import type { SecretField } from '../domain/secret-fields.js';
import type { Check } from '../rules/check.js';
import { failed, passed, skipped } from '../rules/check.js';
import { asPortError } from './application-failure.js';
import type { ResolveSecret } from './ports.js';

/** Whether this worker can resolve every one of these references. The values are dropped at once: a check shows where a secret is, never what. */
export async function checkSecrets(name: string, fields: readonly SecretField[], resolveSecret: ResolveSecret): Promise<Check> {
  if (fields.length === 0) return skipped(name, 'The manifest names none.');
  const problems: { readonly field: string; readonly message: string; readonly next: string }[] = [];
  for (const { field, reference } of fields) {
    try {
      await resolveSecret(reference);
    } catch (error) {
      const { message, next } = asPortError(error);
      problems.push({ field, message, next });
    }
  }
  if (problems.length === 0) return passed(name, `${fields.map(({ field, reference }) => `${field} (${reference})`).join(', ')}: resolved.`);
  return failed(
    name,
    'secret-unavailable',
    problems.map(({ field, message }) => `${field}: ${message}`).join('\n'),
    [...new Set(problems.map(({ next }) => next))].join('\n'),
  );
}
