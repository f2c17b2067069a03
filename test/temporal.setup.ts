import type { TestProject } from 'vitest/node';
import { startTemporalServer } from '../dev/temporal-server.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The address of a real Temporal server that all tests of the run share. Tests keep apart by connection key and task queue. */
    temporalAddress: string;
  }
}

/** vitest ends the server with what this returns, and the guardian does when vitest is killed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTemporalServer();
  project.provide('temporalAddress', server.address);
  return () => server.stop();
}
