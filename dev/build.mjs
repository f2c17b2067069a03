// `npm run build`: compiles, bundles the workflows, writes the manifest's JSON Schema.
import { build } from './setup/build.mjs';
import { say } from './setup/run-program.mjs';

try {
  await build();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
