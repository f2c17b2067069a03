// A Temporal CLI where none was found: downloaded (seconds), else built with Go (minutes, once), else a message with every way out.
import { findTemporal, cachedTemporal, cacheFolder, temporalCliVersion } from './find-temporal.mjs';
import { buildTemporal } from './build-temporal.mjs';
import { downloadTemporal } from './download-temporal.mjs';
import { say } from './run-program.mjs';
import { sweepLeftovers } from './publish-file.mjs';

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string>} the path of the CLI
 */
export async function provideTemporal(environment) {
  const found = findTemporal(environment);
  if (found !== undefined) return found.path;

  const target = cachedTemporal(environment);
  sweepLeftovers(cacheFolder(environment));
  say(`No Temporal CLI found; getting ${temporalCliVersion} for ${target}`);
  const failures = [];
  for (const provide of [downloadTemporal, buildTemporal]) {
    try {
      await provide(target, environment);
      return target;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
      say(`  ${failures.at(-1)}`);
    }
  }
  throw new Error(
    [
      `There is no Temporal CLI, and ${temporalCliVersion} could neither be downloaded nor built. One of these helps:`,
      '  - install it (https://docs.temporal.io/cli#install) so that `temporal` is on PATH',
      '  - set TEMPORAL_CLI_PATH to the program',
      '  - install Go (https://go.dev/dl/), then run this again: it builds the CLI',
    ].join('\n'),
  );
}
