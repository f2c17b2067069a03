import { runProcess } from '../run-process.js';
import type { BuildProgram, JsonOption } from '../shell.js';
import { createCommand } from '../shell.js';

export const build: BuildProgram = (shell, finish) =>
  createCommand('dev', 'Run Temporal, a worker and the simulators on this machine, state in .mooring/', []).action(async ({ json }: JsonOption) =>
    finish(await runProcess(shell, '../dev/dev.js', json === true ? ['--json'] : [], shell.environment)),
  );
