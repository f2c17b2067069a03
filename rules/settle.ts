// What became of a statement whose answer was lost. Two memories are asked: the journal (it may have left) and the platform's own history by tag
// (what arrived). Where both are silent, only a statement that is harmless to repeat is repeated; everything else is asked.

/** What the platform's history shows of one statement. */
export type Sighting = 'succeeded' | 'failed' | 'running' | 'absent' | 'unavailable';

/**
 * - `done`: it was applied; go on behind it.
 * - `send`: it was certainly not applied, or repeating it is harmless.
 * - `wait`: it still runs; look again.
 * - `ask`: it cannot be known; a person must look.
 */
export type Settlement = 'done' | 'send' | 'wait' | 'ask';

/** Settles one statement after the quiet period, when nothing that was sent before can still arrive. */
export function settle(sighting: Sighting, repeatable: boolean): Settlement {
  switch (sighting) {
    case 'succeeded':
      return 'done';
    case 'failed': // a failed statement applied nothing: each statement is its own transaction
    case 'absent':
      return 'send';
    case 'running':
      return 'wait';
    case 'unavailable':
      return repeatable ? 'send' : 'ask';
  }
}

/** The newest word of the history on one statement: an attempt that succeeded counts over all others, then one that still runs. */
export function sight(records: readonly { readonly state: 'succeeded' | 'failed' | 'running' }[]): Sighting {
  if (records.some(({ state }) => state === 'succeeded')) return 'succeeded';
  if (records.some(({ state }) => state === 'running')) return 'running';
  return records.length > 0 ? 'failed' : 'absent';
}
