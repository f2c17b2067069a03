// Keys for payloads and for sealed scripts: one `keyId:base64(32 bytes)` a line, `#` starts a comment line. The first line encrypts, all lines
// decrypt; to rotate, put the new key on top and keep the old ones as long as histories live. Errors name lines, never what stands in them.
import { dirname } from 'node:path';
import { realpath } from 'node:fs/promises';
import { inspect } from 'node:util';
import { readSecretFile } from './file.js';
import { SecretError } from './secret-error.js';

export interface KeyRing {
  /** The key that encrypts. */
  readonly current: { readonly id: string; readonly key: Buffer };
  /** The 32 bytes of a key, or `undefined` for an unknown id. */
  find(id: string): Buffer | undefined;
}

/** Reads a key file; owner, mode and size have to meet the rules of secret files. Throws a `SecretError`. */
export async function readKeyRing(path: string): Promise<KeyRing> {
  const real = await realpath(path).catch(() => {
    throw new SecretError(`The key file ${JSON.stringify(path)} cannot be found.`, 'Check the path, and that this user may enter its folders.');
  });
  return parseKeyRing(await readSecretFile(real, [dirname(real)]), `The key file ${JSON.stringify(path)}`);
}

/** Reads the lines of a key file. `source` begins the error messages. Throws a `SecretError`. */
export function parseKeyRing(text: string, source = 'The key file'): KeyRing {
  const keys = new Map<string, Buffer>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const entry = line.trim();
    if (entry === '' || entry.startsWith('#')) continue;
    const refuse = (complaint: string) =>
      new SecretError(
        `${source} is refused: line ${index + 1} ${complaint}.`,
        'Write one keyId:base64(32 bytes) a line, for example from: openssl rand -base64 32',
      );
    const [, id, encoded] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]+={0,2})$/.exec(entry) ?? [];
    if (id === undefined || encoded === undefined) throw refuse('is not of the form keyId:base64');
    const key = Buffer.from(encoded, 'base64');
    if (key.toString('base64') !== encoded) throw refuse('is not proper base64');
    if (key.length !== 32) throw refuse(`holds a key of ${key.length} bytes instead of 32`);
    if (keys.has(id)) throw refuse('repeats the id of an earlier line');
    keys.set(id, key);
  }
  const [first] = keys;
  if (first === undefined)
    throw new SecretError(`${source} holds no key.`, 'Write one keyId:base64(32 bytes) a line, for example from: openssl rand -base64 32');
  return new Ring(first[0], first[1], keys);
}

class Ring implements KeyRing {
  readonly #id: string;
  readonly #key: Buffer;
  readonly #keys: ReadonlyMap<string, Buffer>;

  constructor(id: string, key: Buffer, keys: ReadonlyMap<string, Buffer>) {
    this.#id = id;
    this.#key = key;
    this.#keys = keys;
  }

  get current(): { readonly id: string; readonly key: Buffer } {
    return { id: this.#id, key: this.#key };
  }

  find(id: string): Buffer | undefined {
    return this.#keys.get(id);
  }

  toJSON(): string {
    return `[keys ${[...this.#keys.keys()].join(', ')}]`;
  }

  [inspect.custom](): string {
    return this.toJSON();
  }
}
