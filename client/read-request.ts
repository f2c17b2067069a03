import type { RegistrationRequest } from '../domain/registration-request.js';
import { ConnectionKey } from '../domain/connection-key.js';
import type { DeregistrationRequest } from '../domain/deregistration-request.js';
import { deregistrationRequest, registrationRequest } from '../domain/manifest.js';
import { readActor } from './actor.js';
import { CommandError } from './command-error.js';
import { namedManifest, readConfig } from './config.js';
import { nearest } from './nearest.js';
import { findManifest, readManifest } from './read-manifest.js';
import type { Shell } from './shell.js';

interface Options {
  readonly manifest?: string;
  readonly as?: string;
}

/** The request that registers one key of the manifest that the options and the environment name. Throws a `CommandError`. */
export function readRequest(shell: Shell, key: string, options: Options): RegistrationRequest {
  refuseOldKey(key);
  return readEntry(shell, key, options);
}

/** The request that takes one key of the manifest out. Throws a `CommandError`. */
export function readDeregistration(shell: Shell, key: string, options: Options & { readonly integrationId?: number }): DeregistrationRequest {
  return deregistrationRequest(readEntry(shell, key, options), options.integrationId);
}

/** A manifest may hold keys that older tenants took; a new connection meets the strict rule. */
export function refuseOldKey(key: string): void {
  const [complaint] = ConnectionKey.safeParse(key).error?.issues ?? [];
  if (complaint !== undefined)
    throw new CommandError('manifest', complaint.message, 'Choose another key; one that stands in Immuta already can only be deregistered.');
}

function readEntry(shell: Shell, key: string, options: Options): RegistrationRequest {
  const { environment, folder } = shell;
  const file = namedManifest(options.manifest, environment, folder) ?? findManifest(folder);
  const manifest = readManifest(file, folder);
  const { timing } = readConfig(environment, folder);
  const request = registrationRequest(manifest, key, { requester: readActor(options.as, environment), timing });
  if (request === undefined) {
    const keys = Object.keys(manifest.connections);
    const guess = nearest(key, keys);
    throw new CommandError(
      'usage',
      `The manifest ${file} has no connection ${JSON.stringify(key)}.`,
      guess === undefined ? `It has ${keys.slice(0, 20).join(', ')}.` : `Did you mean "${guess}"?`,
    );
  }
  return request;
}
