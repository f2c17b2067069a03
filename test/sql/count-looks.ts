type Look = 'charCodeAt' | 'charAt' | 'indexOf';

/** How many characters are looked at during some work: asked for one by one, or passed over by a search. Time would depend on the machine. */
export function countLooks(work: () => void): number {
  let count = 0;
  const restore = [
    replace('charCodeAt', () => void count++),
    replace('charAt', () => void count++),
    replace('indexOf', (text, from: number, found) => {
      count += (found < 0 ? text.length : found) - from;
    }),
  ];
  try {
    work();
  } finally {
    for (const undo of restore) undo();
  }
  return count;
}

function replace(name: Look, watch: (text: string, at: number, found: number) => void): () => void {
  const original: unknown = Reflect.get(String.prototype, name);
  if (typeof original !== 'function') throw new TypeError(`String.prototype.${name} is no function`);
  Object.defineProperty(String.prototype, name, {
    configurable: true,
    writable: true,
    value: function (this: string, ...given: readonly unknown[]): unknown {
      const found: unknown = Reflect.apply(original, this, given);
      watch(this, Number(given[name === 'indexOf' ? 1 : 0] ?? 0), Number(found));
      return found;
    },
  });
  return () => void Object.defineProperty(String.prototype, name, { configurable: true, writable: true, value: original });
}
