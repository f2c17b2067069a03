import { runProcess } from '../run-process.js';
import type { BuildProgram, JsonOption } from '../shell.js';
import { createCommand } from '../shell.js';

export const build: BuildProgram = (shell, finish) =>
  createCommand('demo', 'A tour on the simulators: register, approve, fail, undo; nothing is left', []).action(async ({ json }: JsonOption) =>
    finish(await runProcess(shell, '../dev/demo.js', json === true ? ['--json'] : [], shell.environment)),
  );
