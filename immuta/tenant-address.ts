// Where this client may send anything at all. The URL comes from a manifest, and a requester must not be able to point a worker's secrets at
// another host: the worker's own list decides, before a secret is resolved. Paths are built from segments, never from text, and compared with
// what the URL parser made of them: `encodeURIComponent('..')` is `..`, and a scoped DELETE would climb to its parent.
import { ImmutaError } from './immuta-error.js';

/** What the worker's configuration allows. */
export interface AddressRules {
  /** Exact hosts, `host` or `host:port`; without a port only 443. `loopback-only`: none but loopback. */
  readonly allowedHosts: readonly string[] | 'loopback-only';
  /** Loopback hosts are allowed, with http too. Without it they are refused even when listed. */
  readonly allowLoopback: boolean;
}

/** The tenant's base address if the rules allow it; else an `ImmutaError` of kind `invalid-request`. */
export function allowedAddress(url: string, rules: AddressRules): URL {
  if (!URL.canParse(url)) throw refused(`"${url}" is not an address`, 'Write immuta.url as https://<tenant>.');
  const address = new URL(url);
  if (address.username !== '' || address.password !== '' || address.search !== '' || address.hash !== '')
    throw refused(
      `The address of ${address.host} holds more than scheme, host and path`,
      'Write immuta.url as https://<tenant>, without user, "?" or "#".',
    );
  if (isLoopback(address.hostname)) {
    if (!rules.allowLoopback)
      throw refused(
        `${address.host} is this machine, and this worker may not talk to itself`,
        'For development set MOORING_ALLOW_LOOPBACK=1 on the worker.',
      );
    if (address.protocol === 'http:' || address.protocol === 'https:') return address;
  }
  if (address.protocol !== 'https:') throw refused(`${address.protocol}//${address.host} is not https`, 'Use https: the calls carry credentials.');
  const listed = rules.allowedHosts === 'loopback-only' ? [] : rules.allowedHosts;
  if (!listed.some((entry) => entry.toLowerCase().replace(/:443$/, '') === address.host))
    throw refused(
      `${address.host} is not on this worker's list of Immuta hosts`,
      `If it is right, add ${address.host} to MOORING_IMMUTA_HOSTS on the worker.`,
    );
  return address;
}

/** The address of an endpoint under the base, every segment encoded on its own. Refuses segments that could leave their place. */
export function endpointAddress(base: URL, segments: readonly string[], query: Readonly<Record<string, string>> = {}): URL {
  const pathname = `${base.pathname.replace(/\/+$/, '')}/${segments.map(encodeSegment).join('/')}`;
  const address = new URL(pathname, base.origin);
  if (address.pathname !== pathname || address.origin !== base.origin)
    throw refused('The address of the call came out changed', 'Report this with the connectionKey; nothing was sent.');
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return address;
}

function encodeSegment(segment: string): string {
  // "a/../b" goes out as one segment, but proxies exist that decode %2F before they tidy up dots.
  const climbs = segment.split(/[/\\]/).some((part) => /^(\.|%2e){1,2}$/i.test(part));
  if (segment === '' || climbs || /[\p{Cc}\p{Cs}]/u.test(segment) || segment.length > 1024)
    throw refused(
      `${JSON.stringify(segment.slice(0, 80))} cannot stand in an address of Immuta`,
      'A connectionKey may not be empty, ".", "..", longer than 1024 characters, or hold control characters.',
    );
  return encodeURIComponent(segment);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function refused(complaint: string, next: string): ImmutaError {
  return new ImmutaError('invalid-request', `${complaint}. Nothing was sent.`, { next });
}
