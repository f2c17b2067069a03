import type { Platforms } from '../simulated-platform.js';
import type { Answer } from './answer.js';
import type { Authenticator, Person } from './authenticator.js';
import type { State } from './state.js';
import type { Permission, Switches } from './switches.js';

/** One simulated tenant, as its endpoints see it. */
export interface Tenant {
  readonly state: State;
  readonly authenticator: Authenticator;
  readonly platforms: Platforms;
  readonly switches: Switches;
  /** Aborted when the simulator closes. */
  readonly closing: AbortSignal;
}

export interface Call {
  /** What the placeholders of the route stood for, decoded; a `{objectPath}` gives every segment. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** The parsed body; `undefined` when there was none. */
  readonly payload: unknown;
  readonly authorization: string | undefined;
  readonly caller: Person;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `{name}` stands for one segment, `{objectPath}` for two and more. Also the name by which faults find it. */
  readonly path: string;
  /** Changes nothing, whatever its method says. */
  readonly read: boolean;
  /** Any one of these suffices; `anyone` needs no credentials, `[]` only valid ones. */
  readonly permissions: readonly Permission[] | 'anyone';
  answer(call: Call, tenant: Tenant): Answer | Promise<Answer>;
}

/** The route a request meets, with what its placeholders stood for. The path must be one that can be decoded. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly segments: readonly string[] } | undefined {
  const given = path.split('/').slice(1);
  for (const route of routes) {
    const segments = route.method === method ? match(route.path.split('/').slice(1), given) : undefined;
    if (segments !== undefined) return { route, segments: segments.map((segment) => decodeURIComponent(segment)) };
  }
  return undefined;
}

function match(wanted: readonly string[], given: readonly string[]): readonly string[] | undefined {
  const deep = wanted.at(-1) === '{objectPath}';
  if (deep ? given.length <= wanted.length : given.length !== wanted.length) return undefined;
  const found: string[] = [];
  for (const [index, name] of wanted.entries()) {
    const segment = given[index] ?? '';
    if (name === '{objectPath}') found.push(...given.slice(index));
    else if (!name.startsWith('{')) {
      if (segment !== name) return undefined;
    } else if (segment === '') return undefined;
    else found.push(segment);
  }
  return found;
}
