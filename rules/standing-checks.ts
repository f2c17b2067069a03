// A preflight asks what a new registration needs: its database must not exist yet. Where something stands already, the same checks mean something else.
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { Check } from './check.js';
import { failed, passed } from './check.js';

/** What the checks that were made for a new registration mean for this request. */
export function checksFor(request: ConnectionRequest, found: readonly Check[]): readonly Check[] {
  if ('operation' in request) return checksForRemoval(found);
  return request.script.policy === 'external' ? checksForReading(found) : found;
}

/** What a removal takes away is there, and what only a registration needs may be missing. */
export function checksForRemoval(checks: readonly Check[]): readonly Check[] {
  return checks.map((check) => {
    if (check.status !== 'failed') return check;
    if (check.kind === 'already-exists') return passed(check.name, `What the ${check.name} check looks for is there.`);
    return check.kind === 'permission-missing' || check.kind === 'not-found' ? { ...check, status: 'warning' } : check;
  });
}

/** Who runs the script elsewhere needs the privileges: this user only reads. */
function checksForReading(checks: readonly Check[]): readonly Check[] {
  return checks.map((check) => (check.status === 'failed' && check.kind === 'permission-missing' ? { ...check, status: 'warning' } : check));
}

/** An object that the manifest names, and whether the platform shows it. */
export interface Shown {
  readonly object: { readonly kind: string; readonly name: string };
  readonly exists: boolean;
}

const madeByTheScript: ReadonlySet<string> = new Set(['database', 'catalog']);

/** For a registered connection the absence of what its bootstrap script made is what is wrong. */
export function checksForRegistered(checks: readonly Check[], existing: readonly Shown[]): readonly Check[] {
  return checksForRemoval(checks).map((check) => (madeByTheScript.has(check.name) ? presence(check.name, existing) : check));
}

function presence(name: string, existing: readonly Shown[]): Check {
  const found = existing.find(({ object }) => object.kind === name);
  const what = `The ${name}${found === undefined ? '' : ` ${found.object.name}`}`;
  if (found?.exists === true) return passed(name, `${what} of the registered connection is there.`);
  return failed(
    name,
    'not-found',
    `${what} of the registered connection does not exist, or the privileged user may not see it.`,
    'If it was dropped by hand, take the connection out with "mooring deregister" and register it again.',
  );
}
