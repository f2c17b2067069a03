// Reading what Immuta sends. Its documentation contradicts itself in places (numbers as strings, two names for one field, fields to come), so
// objects are loose, ids are coerced, and what we do not use is not looked at; but an answer without what we need is refused, never guessed.
import { z } from 'zod';

/** An id: a whole number, or its digits as text (Immuta's own example shows "1"). */
export const Id = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

/** Text where there is text; anything else counts as absent. */
export const OptionalText = z.string().optional().catch(undefined);

/** An id where there is one; anything else counts as absent. */
export const OptionalId = Id.optional().catch(undefined);

/** The value of a JSON text, or `undefined`. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A login page or a proxy's error page, whatever its status and content type say. */
export function isHtml(text: string, contentType: string): boolean {
  return /^\s*</.test(text) || /^text\/html\b/i.test(contentType.trim());
}

/** Host names compare equal in this form: lower case, no scheme, no path, no default port. */
export function normalHost(host: string): string {
  return host
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/[/?#].*$/, '')
    .replace(/:443$/, '');
}
