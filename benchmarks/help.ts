// What everyone pays at every command: a whole `mooring --help`, against a Node that does nothing.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../dev/guardian.js';
import type { Benchmark } from './benchmark.js';
import { line, ratioLine } from './line.js';
import { interleave, timed } from './rounds.js';

const mooring = fileURLToPath(new URL('../client/main.cjs', import.meta.url));

export const help: Benchmark = {
  name: 'help',
  summary: 'mooring --help against node -e 0',
  async run({ quick }) {
    const { product, node } = await interleave(
      { product: () => timed(() => start(mooring, '--help')), node: () => timed(() => start('-e', '0')) },
      { rounds: quick ? 21 : 101, warmups: 3 },
    );
    return [
      ratioLine('mooring --help / node -e 0', product, node, { atMost: 1.25 }),
      line('mooring --help', product, 'ms'),
      line('node -e 0', node, 'ms'),
    ];
  },
};

/** Synchronous: between the two clock readings this process does nothing but wait. */
function start(...args: string[]): void {
  const { status, error } = spawnSync(process.execPath, args, { env: childEnvironment(), stdio: ['ignore', 'pipe', 'ignore'] });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with exit code ${status}`, { cause: error });
}
