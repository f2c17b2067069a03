// The process between us and a guarded program (see guardian.ts). Started as `node guardian-process.js <program> <argument>...`; it ends as the
// program ended, and it ends the program when its own stdin closes or somebody asks it to stop.
import { spawn } from 'node:child_process';

const graceMs = 2_000; // a Temporal server needs well under one second; what needs more will not end by itself

const [program, ...args] = process.argv.slice(2);
if (program === undefined) throw new Error('Expected the program to guard.');

const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });

function end(): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
}

child.once('error', () => {
  process.exitCode = 127;
  process.stdin.destroy();
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
  process.stdin.destroy();
});

process.stdin.once('close', end);
process.stdin.on('error', () => undefined); // 'close' follows
process.stdin.resume();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
