/** The search attributes of every run, all Keyword. Set at start; the phase changes only where a person filters by it. */
export const searchAttributeNames = {
  phase: 'MooringPhase',
  platform: 'MooringPlatform',
  operation: 'MooringOperation',
  connectionKey: 'MooringConnectionKey',
} as const;
