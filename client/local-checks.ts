// What this machine says by itself: settings, codec keys, manifest. These come first, and nothing of them keeps the others from being made.
import { ConnectionKey } from '../domain/connection-key.js';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { Check } from '../rules/check.js';
import { failed, passed, skipped } from '../rules/check.js';
import { readKeyRing } from '../secrets/key-ring.js';
import { SecretError } from '../secrets/secret-error.js';
import { CommandError } from './command-error.js';
import type { CommandConfig } from './config.js';
import { namedManifest, readConfig } from './config.js';
import { findManifest, readManifest, shownPath } from './read-manifest.js';
import { readDeregistration, readRequest } from './read-request.js';
import type { Shell } from './shell.js';

export interface LocalCheckup {
  readonly checks: readonly Check[];
  /** Absent where the settings make no sense. */
  readonly config: CommandConfig | undefined;
  readonly hasKeys: boolean;
  /** What workers are to look at; absent where no connection is named, or the one that is named cannot be read. */
  readonly request: ConnectionRequest | undefined;
}

interface Options {
  readonly manifest?: string;
  readonly as?: string;
}

/** `key` may be left out: a manifest with one connection means that one. */
export async function checkLocally(shell: Shell, key: string | undefined, options: Options): Promise<LocalCheckup> {
  const settings = checkSettings(shell);
  const codec = await checkCodecKey(shell, (settings.config?.environment ?? shell.environment)['MOORING_CODEC_KEYS']);
  const manifest = checkManifest(shell, key, options);
  return {
    checks: [settings.check, codec, manifest.check],
    config: settings.config,
    hasKeys: codec.status === 'passed',
    request: manifest.request,
  };
}

function checkSettings(shell: Shell): { readonly check: Check; readonly config: CommandConfig | undefined } {
  const name = 'settings';
  if (shell.environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    const message = 'NODE_TLS_REJECT_UNAUTHORIZED=0 lets anyone on the way pose as Temporal.';
    return { check: failed(name, 'invalid-request', message, 'unset NODE_TLS_REJECT_UNAUTHORIZED'), config: undefined };
  }
  try {
    const config = readConfig(shell.environment, shell.folder);
    const dev = config.dev === undefined ? '' : `, of the running "mooring dev" (${shownPath(config.dev.file, shell.folder)})`;
    return { check: passed(name, `Task queue ${config.taskQueue}, a quiet period of ${config.timing.quietPeriod}${dev}.`), config };
  } catch (error) {
    return { check: failedBy(name, error), config: undefined };
  }
}

async function checkCodecKey(shell: Shell, file: string | undefined): Promise<Check> {
  const name = 'codec key';
  const next = 'Name the key file that the workers use, with one keyId:base64(32 bytes) a line:\nexport MOORING_CODEC_KEYS=/path/to/codec.keys';
  if (file === undefined || file === '')
    return failed(name, 'secret-unavailable', 'MOORING_CODEC_KEYS is not set: no payload can be read or written.', next);
  try {
    const { current } = await readKeyRing(file);
    return passed(name, `${shownPath(file, shell.folder)}: the key "${current.id}" encrypts.`);
  } catch (error) {
    if (error instanceof SecretError) return failed(name, error.kind, error.message, error.next);
    throw error;
  }
}

function checkManifest(
  shell: Shell,
  key: string | undefined,
  options: Options,
): { readonly check: Check; readonly request: ConnectionRequest | undefined } {
  const name = 'manifest';
  try {
    const file = namedManifest(options.manifest, shell.environment, shell.folder) ?? findManifest(shell.folder);
    const keys = Object.keys(readManifest(file, shell.folder).connections);
    const meant = key ?? (keys.length === 1 ? keys[0] : undefined);
    if (meant === undefined)
      return {
        check: passed(name, `${shownPath(file, shell.folder)} names ${keys.length} connections: ${shortList(keys)}. Name one to have it checked.`),
        request: undefined,
      };
    // A key that no new connection may have can stand in Immuta: for taking it out.
    const request = ConnectionKey.safeParse(meant).success ? readRequest(shell, meant, options) : readDeregistration(shell, meant, options);
    return { check: passed(name, `${shownPath(file, shell.folder)} has ${JSON.stringify(meant)}.`), request };
  } catch (error) {
    const check = failedBy(name, error);
    const isAbsent = key === undefined && options.manifest === undefined && check.message.startsWith('There is no mooring.yaml');
    return { check: isAbsent ? skipped(name, `${check.message} ${check.cure}`) : check, request: undefined };
  }
}

function shortList(keys: readonly string[]): string {
  const most = 8; // a line or two
  return keys.length <= most ? keys.join(', ') : `${keys.slice(0, most).join(', ')} and ${keys.length - most} more`;
}

function failedBy(name: string, error: unknown): Check {
  if (error instanceof CommandError) return failed(name, 'invalid-request', error.message, error.next);
  throw error;
}
