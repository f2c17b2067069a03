// Writes a manifest and never asks for a secret: it asks for references, or leaves those of the examples.
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Option } from 'commander';
import { CommandError } from '../command-error.js';
import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import type { NewAccount, NewManifest } from '../manifest-text.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { createCommand, outputOf } from '../shell.js';

interface Options extends JsonOption {
  readonly manifest?: string;
  readonly dev?: true;
  readonly immutaUrl?: string;
  readonly key?: string;
  readonly host?: string;
  readonly warehouse?: string;
  readonly database?: string;
  readonly authentication?: NewAccount['authenticationType'];
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('init', 'Write a manifest; never asks for a secret, never overwrites', [
    'init --dev',
    'init --immuta-url https://acme.hosted.immutacloud.com --key snow_prod --host acme.eu-west-1.snowflakecomputing.com',
  ])
    .option('--manifest <file>', 'where to write it; default ./mooring.yaml')
    .option('--dev', 'for the simulators of the running "mooring dev"')
    .option('--immuta-url <url>', 'the address of the Immuta tenant')
    .option('--key <connectionKey>', 'the name of the connection in Immuta')
    .option('--host <host>', 'the host of the Snowflake account')
    .option('--warehouse <name>', 'the warehouse Immuta uses')
    .option('--database <name>', 'the new database that Immuta owns')
    .addOption(new Option('--authentication <type>', 'how both accounts log in').choices(['keyPair', 'userPassword']))
    .action(async (options: Options) => finish(await init(shell, options)));

async function init(shell: Shell, options: Options): Promise<ExitCode> {
  const output = outputOf(shell, options);
  const file = resolve(shell.folder, options.manifest ?? 'mooring.yaml');
  if (existsSync(file)) throw alreadyThere(file);

  const mayAsk = shell.stdin.isTTY === true && output.interactive && Object.keys(options).length === 0;
  const manifest = options.dev === true ? await devManifest(shell, options) : mayAsk ? await askManifest() : exampleManifest(options);
  if (manifest === undefined) return exitCodes.interrupted;

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

function exampleManifest(options: Options): NewManifest {
  const authenticationType = options.authentication ?? 'keyPair';
  const secretOf = (name: string): string =>
    authenticationType === 'keyPair' ? `file:/run/secrets/${name}.p8` : `file:/run/secrets/${name}.password`;
  return {
    immutaUrl: options.immutaUrl ?? 'https://acme.hosted.immutacloud.com',
    immutaSecret: 'env:IMMUTA_API_KEY',
    connectionKey: options.key ?? 'snow_prod',
    host: options.host ?? 'acme.eu-west-1.snowflakecomputing.com',
    port: 443,
    warehouse: options.warehouse ?? 'IMMUTA_WH',
    database: options.database ?? 'IMMUTA',
    systemAccount: { authenticationType, username: 'IMMUTA_SYSTEM_ACCOUNT', role: 'IMMUTA_SYSTEM', secret: secretOf('immuta') },
    privilegedUser: { authenticationType, username: 'MOORING_ADMIN', role: 'ACCOUNTADMIN', secret: secretOf('admin') },
    policy: 'approval',
  };
}

async function devManifest(shell: Shell, options: Options): Promise<NewManifest> {
  const { findDev } = await import('../config.js');
  const dev = findDev(shell.folder);
  if (dev?.simulators === undefined || dev.secretFolder === undefined) {
    throw new CommandError('usage', 'No running "mooring dev" was found in this folder or above.', 'Start "mooring dev" here in another terminal.');
  }
  const { immuta, snowflake } = dev.simulators;
  const authenticationType = options.authentication ?? 'keyPair';
  const secretOf = (name: string): string => `file:${dev.secretFolder}/${name}.${authenticationType === 'keyPair' ? 'p8' : 'password'}`;
  return {
    ...exampleManifest(options),
    immutaUrl: immuta.url,
    immutaSecret: `file:${dev.secretFolder}/immuta.api-key`,
    connectionKey: options.key ?? 'snow_dev',
    host: snowflake.host,
    port: snowflake.port,
    warehouse: options.warehouse ?? snowflake.warehouse,
    systemAccount: { authenticationType, username: 'IMMUTA_SYSTEM_ACCOUNT', role: 'IMMUTA_SYSTEM', secret: secretOf('immuta') },
    privilegedUser: { authenticationType, username: 'MOORING_ADMIN', role: 'ACCOUNTADMIN', secret: secretOf('admin') },
  };
}

/** Five questions on a terminal; `undefined` when the person stops. */
async function askManifest(): Promise<NewManifest | undefined> {
  const { group, select, text } = await import('@clack/prompts');
  const example = exampleManifest({});
  const ask = (message: string, initialValue: string) => () => text({ message, initialValue, output: process.stderr });
  let stopped = false;
  const answers = await group(
    {
      immutaUrl: ask('Immuta tenant', example.immutaUrl),
      key: ask('connectionKey: the name of the connection in Immuta', example.connectionKey),
      host: ask('Snowflake account host', example.host),
      warehouse: ask('Warehouse', example.warehouse),
      database: ask('New database that Immuta will own', example.database),
      authentication: () =>
        select({
          message: 'How both accounts log in',
          options: [{ value: 'keyPair' as const }, { value: 'userPassword' as const }],
          output: process.stderr,
        }),
    },
    {
      onCancel: () => {
        stopped = true;
      },
    },
  );
  return stopped ? undefined : exampleManifest(answers);
}
