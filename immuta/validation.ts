import { z } from 'zod';
import type { ServerText } from './server-text.js';

const Text = z.string().optional().catch(undefined);

/** Immuta's `validationResults`: one status, and one for each test. (Response schema of its integrations API.) */
export const Validation = z.looseObject({
  status: Text,
  validationTests: z
    .array(z.looseObject({ name: Text, status: Text, message: Text }))
    .optional()
    .catch(undefined),
});
export type Validation = z.infer<typeof Validation>;

const mostTests = 20; // Immuta has about ten; a longer list would not fit into a failure message

/** The validation in a body: under `validationResults`, or the body itself. */
export function findValidation(body: unknown): Validation | undefined {
  const nested = z.looseObject({ validationResults: Validation }).safeParse(body);
  if (nested.success) return nested.data.validationResults;
  const bare = z.looseObject({ validationTests: z.array(z.unknown()) }).safeParse(body);
  return bare.success ? Validation.parse(body) : undefined;
}

/** Every test on a line of its own, failed ones first: `"name" failed: message`. */
export function describeTests(validation: Validation, words: ServerText): readonly string[] {
  const tests = [...(validation.validationTests ?? [])].toSorted((one, other) => Number(other.status === 'failed') - Number(one.status === 'failed'));
  const lines = tests.slice(0, mostTests).map(({ name, status, message }) => {
    const explanation = message === undefined || message.trim() === '' ? '' : `: ${message}`;
    return words.show(`"${name ?? 'unnamed test'}" ${status ?? 'without status'}${explanation}`);
  });
  return tests.length > mostTests ? [...lines, `and ${tests.length - mostTests} more`] : lines;
}

/** The failed tests only, one sentence each. */
export function failedTests(validation: Validation | undefined, words: ServerText): readonly string[] {
  const failed = (validation?.validationTests ?? []).filter((test) => test.status === 'failed');
  return describeTests({ validationTests: failed }, words);
}
