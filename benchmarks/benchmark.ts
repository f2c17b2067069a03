import type { Line } from './line.js';
import type { Stage } from './stage.js';

export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  readonly run: (context: BenchmarkContext) => Promise<readonly Line[]>;
}

export interface BenchmarkContext {
  /** Few rounds: to see that it works, not what it measures. */
  readonly quick: boolean;
  /** The server, the simulators and both workers' ways to start; made when first asked for, the simulators as they begin. */
  readonly stage: () => Promise<Stage>;
}
