// To be imported before anything else of a thread that runs schedules. The Temporal SDK takes `AsyncLocalStorage` from the global scope of its sandbox,
// and here there is no sandbox; and whatever asks the machine for the time gets that of the world that runs.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { World } from './world.js';

Object.assign(globalThis, { AsyncLocalStorage });
Error.stackTraceLimit = 0; // thousands of errors a second are expected here

const MachineDate = Date;
let world: World | undefined;

class VirtualDate extends MachineDate {
  constructor(...time: [] | [string | number | Date]) {
    super(time.length === 0 ? VirtualDate.now() : time[0]);
  }

  static override now(): number {
    return world?.now ?? MachineDate.now();
  }
}

/** From now on this is the time; the machine's again without a world. */
export function liveIn(next: World | undefined): void {
  world = next;
}

const machineNow = performance.now.bind(performance);
performance.now = () => world?.now ?? machineNow();
globalThis.Date = VirtualDate as DateConstructor;
