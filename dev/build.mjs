// `npm run build`: packages where they are missing, then compiles, bundles the workflows, writes the manifest's JSON Schema.
import { build } from './setup/build.mjs';
import { installDependencies } from './setup/dependencies.mjs';
import { requireNode } from './setup/node-version.mjs';
import { say } from './setup/run-program.mjs';

try {
  requireNode();
  await installDependencies();
  await build();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
