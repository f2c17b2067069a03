// References become values here, at the moment of use, and nothing is kept. The worker's own lists decide what a manifest may refer to: whoever
// may start a run could otherwise read every variable and file of the worker by registering a "password" with a host of his own.
// A scheme is one file; to add one, write it and name it below.
import { Secret } from '../domain/secret.js';
import type { SecretReference } from '../domain/secret-reference.js';
import { readEnvironment } from './environment.js';
import { readSecretFile } from './file.js';
import { SecretError } from './secret-error.js';

export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names, or prefixes that end in `*`. */
  readonly allowedNames: readonly string[];
  /** Absolute folders; a file counts as inside after links are resolved. */
  readonly allowedFolders: readonly string[];
  /** Absolute paths that are never given out, wherever links lead: the worker's own keys may lie beside the secrets. */
  readonly refusedFiles?: readonly string[];
}

/** Gives the value of a reference or throws a `SecretError`. Throws a `RangeError` at once for lists that would allow everything. */
export function createSecretResolver({
  environment,
  allowedNames,
  allowedFolders,
  refusedFiles = [],
}: SecretSources): (reference: SecretReference) => Promise<Secret> {
  for (const name of allowedNames)
    if (!/^[A-Za-z_][A-Za-z0-9_]*\*?$/.test(name)) throw new RangeError(`"${name}" is neither a variable name nor a prefix ending in "*".`);
  for (const folder of allowedFolders)
    if (!/^\/[^\0]*[^/\0]/.test(folder)) throw new RangeError(`"${folder}" is not an absolute folder below the root.`);

  return async (reference) => {
    const [, scheme, locator = ''] = /^(env|file):([^\0]+)$/s.exec(reference) ?? [];
    if (scheme === 'env') return new Secret(readEnvironment(locator, environment, allowedNames));
    if (scheme === 'file') return new Secret(await readSecretFile(locator, allowedFolders, refusedFiles));
    // The text is not repeated: what is not a reference may be the secret itself.
    throw new SecretError('A secret reference has no scheme that this worker knows.', 'Write env:NAME or file:/absolute/path.');
  };
}
