import { z } from 'zod';

// Immuta's newest key rule (letters, digits, "-", "_"; reserved words are path segments of its API). The length is ours.
const reserved = new Set(['data', 'connection', 'object', 'crawl', 'search', 'settings', 'metadata', 'permission', 'sync', 'bulk', 'upgrade']);
const shape = /^[A-Za-z0-9_-]{1,128}$/;

/** The string that identifies a connection in Immuta, by the strict rule that a new registration has to meet. */
export const ConnectionKey = z.string().superRefine((key, context) => {
  if (!shape.test(key)) {
    const stranger = Array.from(key).find((character) => !/[A-Za-z0-9_-]/.test(character));
    const complaint = stranger === undefined ? 'has not between 1 and 128 characters' : `contains ${JSON.stringify(stranger)}`;
    context.addIssue({
      code: 'custom',
      message: `connectionKey ${JSON.stringify(key)} ${complaint}. Use letters, digits, "-" and "_", at most 128.`,
    });
  } else if (reserved.has(key.toLowerCase())) {
    context.addIssue({
      code: 'custom',
      message: `connectionKey "${key}" is a word that Immuta keeps for itself. Choose another, for example "${key}_prod".`,
    });
  }
});
export type ConnectionKey = z.infer<typeof ConnectionKey>;

const longestStandingKey = 200; // it becomes part of a workflow ID, which Temporal limits to 1,000 bytes; a host name takes up to 253

/**
 * A key that stands in Immuta already. Older tenants took almost anything, and all of it must be removable: only what cannot be one segment of an
 * address is refused.
 */
export const StandingConnectionKey = z.string().superRefine((key, context) => {
  const complaint =
    key === '' || key === '.' || key === '..'
      ? 'cannot stand in an address'
      : /[\p{Cc}\p{Cs}]/u.test(key)
        ? 'holds a control character'
        : key.length > longestStandingKey
          ? `has more than ${longestStandingKey} characters`
          : undefined;
  if (complaint === undefined) return;
  context.addIssue({ code: 'custom', message: `connectionKey ${JSON.stringify(key.slice(0, 80))} ${complaint}. Write the key as Immuta shows it.` });
});
export type StandingConnectionKey = z.infer<typeof StandingConnectionKey>;
