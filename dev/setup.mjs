// Everything between a fresh clone and a program that runs: packages, build, Temporal CLI, browser. Plain JavaScript with Node's own modules
// only, because nothing is installed yet. Idempotent: what is in place is not touched, so a second run costs a fraction of a second.
//
//   node dev/setup.mjs               packages, build, Temporal CLI (what `npm run demo` and `npm run dev` need)
//   node dev/setup.mjs --for check   packages
//   node dev/setup.mjs --for test    packages, Temporal CLI, browser (the build is itself a gate of dev/check.mjs)
import { say } from './setup/run-program.mjs';
import { setUp } from './setup/set-up.mjs';

try {
  await setUp(purposeFrom(process.argv.slice(2)));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** @param {readonly string[]} words @returns {import('./setup/set-up.mjs').Purpose} */
function purposeFrom(words) {
  const [option, purpose] = words;
  if (option === undefined) return 'run';
  if (option === '--for' && words.length === 2 && (purpose === 'run' || purpose === 'check' || purpose === 'test')) return purpose;
  throw new Error(`Expected nothing or "--for run|check|test", got "${words.join(' ')}".`);
}
