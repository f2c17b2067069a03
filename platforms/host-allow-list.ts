// The driver sends credentials to whatever host it is given, over plain HTTP too. This is the only thing between a manifest and a stranger's host.
import type { Platform } from '../domain/script.js';
import { PlatformError } from './platform-error.js';

export interface HostRules {
  /** Exact host names of Snowflake accounts, in any letter case; no patterns. */
  readonly allowedHosts: readonly string[];
  /** Exact hosts of token endpoints. None: only the platform's own host. */
  readonly allowedTokenHosts?: readonly string[];
  /** Lets a platform live on loopback, over plain HTTP. */
  readonly allowLoopback: boolean;
}

const loopback = /^(localhost|127(\.[0-9]{1,3}){3})$/;

/** Where a target may be reached, or a `PlatformError` of kind `invalid-request`. */
export function hostOf(
  target: { readonly host: string; readonly port: number },
  rules: HostRules,
  technology: Platform = 'Snowflake',
): { readonly host: string; readonly port: number; readonly plainHttp: boolean } {
  const host = target.host.toLowerCase();
  if (loopback.test(host)) {
    if (rules.allowLoopback) return { host, port: target.port, plainHttp: true };
    throw refused(
      `${technology} host`,
      host,
      'is on loopback, which this worker does not allow',
      'Set MOORING_ALLOW_LOOPBACK=1 on the platform worker (tests and demos only).',
    );
  }
  if (rules.allowedHosts.some((allowed) => allowed.toLowerCase() === host)) return { host, port: target.port, plainHttp: false };
  throw refused(
    `${technology} host`,
    host,
    'is not one of the hosts that this worker may talk to',
    `Correct the host in the manifest, or add ${host} to MOORING_${technology.toUpperCase()}_HOSTS on the platform worker.`,
  );
}

/** Passes a token endpoint to which the secret of an OAuth client may be sent, or throws a `PlatformError` of kind `invalid-request`. */
export function checkTokenHost(tokenUrl: string, platformHost: string, rules: HostRules): void {
  const { hostname, protocol } = new URL(tokenUrl);
  if (loopback.test(hostname)) {
    if (rules.allowLoopback) return;
    throw refused(
      'token host',
      hostname,
      'is on loopback, which this worker does not allow',
      'Set MOORING_ALLOW_LOOPBACK=1 on the platform worker (tests and demos only).',
    );
  }
  if (protocol !== 'https:') throw refused('token host', hostname, 'is not asked over https', 'Write a tokenUrl that starts with https://.');
  const { allowedTokenHosts = [] } = rules;
  const allowed = allowedTokenHosts.length > 0 ? allowedTokenHosts : [platformHost];
  if (allowed.some((host) => host.toLowerCase() === hostname)) return;
  throw refused(
    'token host',
    hostname,
    'is not one of the token hosts that this worker may talk to',
    `Correct tokenUrl of the privileged user, or add ${hostname} to MOORING_TOKEN_HOSTS on the platform worker.`,
  );
}

function refused(what: `${Platform} host` | 'token host', host: string, why: string, next: string): PlatformError {
  return new PlatformError({ kind: 'invalid-request', message: `The ${what} ${host} ${why}. Nothing was sent.`, next, ambiguous: false });
}
