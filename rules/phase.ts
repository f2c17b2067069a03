/** Where a run is; the value of the search attribute `MooringPhase`. */
export const phases = [
  'preparing',
  'awaiting-decision',
  'running',
  'registering',
  'undoing',
  'deleting',
  'cleaning',
  'needs-attention',
  'ended',
] as const;

export type Phase = (typeof phases)[number];
