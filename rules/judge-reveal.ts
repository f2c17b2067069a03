import type { Reveal } from '../domain/outcome.js';

const longestName = 256;

/** Takes the news that somebody is about to open a sealed script. `message` comes from anyone and may be anything; `now` in ms since the epoch. */
export function judgeReveal(
  message: unknown,
  now: number,
): { readonly accepted: true; readonly reveal: Reveal } | { readonly accepted: false; readonly reason: string } {
  const { by, purpose } = typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {};
  if (typeof by !== 'string' || by.trim() === '' || by.length > longestName)
    return { accepted: false, reason: `The record needs "by": who opens the script, at most ${longestName} characters.` };
  if (purpose !== 'bootstrap' && purpose !== 'cleanup') return { accepted: false, reason: 'The record needs "purpose": "bootstrap" or "cleanup".' };
  return { accepted: true, reveal: { by: by.trim(), purpose, at: new Date(now).toISOString() } };
}
