/** The system-wide monotonic clock in ms: the same reading in every process of this machine, whatever is done to the wall clock. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}
