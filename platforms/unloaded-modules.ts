// A driver loads at its start whatever any of its users may ever need: the SDKs of three clouds, a log writer, a web browser. That is half of a
// runner's start and a fifth of its weight, and none of it may ever be used here. So the places of those modules are taken before the driver is
// loaded. The driver itself stays as it was published: what stands there instead can be passed on and asked for its members, and throws as
// soon as it is called.
import { createRequire, Module } from 'node:module';

/**
 * Takes the places of `specifiers`, as the package `driver` names them: packages, or files that begin with "./" and are relative to its main file.
 * Throws if one of them does not exist: another version of the driver has to be looked at. Without effect for what is loaded already.
 */
export function leaveUnloaded(driver: string, specifiers: readonly string[]): void {
  const require = createRequire(createRequire(import.meta.url).resolve(driver));
  for (const specifier of specifiers) {
    const path = require.resolve(specifier);
    require.cache[path] ??= Object.assign(new Module(path), { filename: path, loaded: true, exports: refusing(specifier) });
  }
}

function refusing(name: string): unknown {
  const refuse = (): never => {
    throw new Error(`refused: a runner has no use for ${name}`);
  };
  const standIn: unknown = new Proxy(function refused() {}, {
    get: (target, key) => (typeof key === 'symbol' || notMembers.has(key) ? Reflect.get(target, key) : standIn),
    apply: refuse,
    construct: refuse,
  });
  return standIn;
}

/** What the language and the module system ask of anything. */
const notMembers: ReadonlySet<string> = new Set(['__esModule', 'prototype', 'then']);
