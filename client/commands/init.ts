// Writes a manifest and never asks for a secret: it asks for references, or leaves those of the examples.
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Option } from 'commander';
import { CommandError } from '../command-error.js';
import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import type { NewManifest } from '../manifest-text.js';
import type { Surroundings, Wishes } from '../new-manifest.js';
import { exampleSurroundings, newConnection, newTargets, technologies } from '../new-manifest.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { createCommand, outputOf } from '../shell.js';

interface Options extends JsonOption, Wishes {
  readonly manifest?: string;
  readonly dev?: true;
  readonly immutaUrl?: string;
  readonly key?: string;
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('init', 'Write a manifest; never asks for a secret, never overwrites', [
    'init --dev',
    'init --dev --technology Databricks --manifest lake.yaml',
    'init --immuta-url https://acme.hosted.immutacloud.com --key snow_prod --host acme.eu-west-1.snowflakecomputing.com',
  ])
    .option('--manifest <file>', 'where to write it; default ./mooring.yaml')
    .option('--dev', 'for the simulators of the running "mooring dev"')
    .option('--immuta-url <url>', 'the address of the Immuta tenant')
    .option('--key <connectionKey>', 'the name of the connection in Immuta')
    .addOption(new Option('--technology <name>', 'the platform; default Snowflake').choices(technologies))
    .option('--host <host>', 'the host of the Snowflake account or the Databricks workspace')
    .option('--warehouse <name>', 'Snowflake: the warehouse Immuta uses')
    .option('--database <name>', 'Snowflake: the new database that Immuta owns')
    .option('--http-path <path>', 'Databricks: the HTTP path of the SQL warehouse')
    .option('--catalog <name>', 'Databricks: the new catalog that Immuta owns')
    .addOption(
      new Option('--authentication <type>', 'how both accounts log in').choices(technologies.flatMap((name) => newTargets[name].authentications)),
    )
    .action(async (options: Options) => finish(await init(shell, options)));

async function init(shell: Shell, options: Options): Promise<ExitCode> {
  const output = outputOf(shell, options);
  const file = resolve(shell.folder, options.manifest ?? 'mooring.yaml');
  if (existsSync(file)) throw alreadyThere(file);

  const mayAsk = shell.stdin.isTTY === true && output.interactive && Object.keys(options).length === 0;
  const manifest =
    options.dev === true
      ? newManifest(options, await devSurroundings(shell), 'dev')
      : mayAsk
        ? await askedManifest()
        : newManifest(options, exampleSurroundings, 'prod');
  if (manifest === undefined) {
    output.say(words`Nothing was written.`);
    return exitCodes.interrupted;
  }

  const { manifestText } = await import('../manifest-text.js');
  const { parseManifest } = await import('../read-manifest.js');
  const { refuseOldKey } = await import('../read-request.js');
  const text = manifestText(manifest, dirname(file));
  refuseOldKey(manifest.connectionKey);
  parseManifest(text, 'the new manifest'); // options and answers are checked by the one schema
  write(file, text);
  output.result({ v: 1, manifest: file, connectionKey: manifest.connectionKey }, [words`wrote    ${file}`]);
  if (options.dev === true) output.say(words`next     mooring register ${manifest.connectionKey}`);
  else output.say(words`next     put the secrets where the references point, on the worker; then mooring plan ${manifest.connectionKey}`);
  return exitCodes.done;
}

async function askedManifest(): Promise<NewManifest | undefined> {
  const { askWishes } = await import('../ask-wishes.js');
  const wishes = await askWishes(process.stdin, process.stderr);
  return wishes === undefined ? undefined : newManifest(wishes, exampleSurroundings, 'prod');
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST') throw alreadyThere(file);
    throw new CommandError('usage', `${file} cannot be written${code === '' ? '' : ` (${code})`}.`, 'Name another place with --manifest.');
  }
}

function alreadyThere(file: string): CommandError {
  return new CommandError('usage', `${file} is there already and is not overwritten.`, 'Edit it, or name another file with --manifest.');
}

function newManifest(options: Options, surroundings: Surroundings, ending: string): NewManifest {
  const { keyPrefix } = newTargets[options.technology ?? 'Snowflake'];
  return {
    immutaUrl: options.immutaUrl ?? surroundings.immutaUrl,
    immutaSecret: surroundings.immutaSecret,
    connectionKey: options.key ?? `${keyPrefix}_${ending}`,
    connection: newConnection(options, surroundings),
    policy: 'approval',
  };
}

/** The simulators of the `mooring dev` that runs in this folder or above. */
async function devSurroundings(shell: Shell): Promise<Surroundings> {
  const { findDev } = await import('../config.js');
  const dev = findDev(shell.folder);
  if (dev?.simulators === undefined || dev.secretFolder === undefined) {
    throw new CommandError('usage', 'No running "mooring dev" was found in this folder or above.', 'Start "mooring dev" here in another terminal.');
  }
  const { immuta, snowflake, databricks } = dev.simulators;
  return { immutaUrl: immuta.url, immutaSecret: `file:${dev.secretFolder}/immuta.api-key`, secretFolder: dev.secretFolder, snowflake, databricks };
}
