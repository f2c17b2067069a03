import { InvalidArgumentError } from 'commander';

/** A digest as a person types it: the first 12 digits or all 64. Fewer would be guessable, others a slip of the mouse. */
export function parseDigest(text: string): string {
  if (/^([0-9a-f]{12}|[0-9a-f]{64})$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('Write the first 12 digits or all 64, as "mooring show" prints them.');
}
