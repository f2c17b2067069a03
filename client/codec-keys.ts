import { readFileSync } from 'node:fs';
import type { EncryptionKeys } from '../temporal/encryption-codec.js';
import { CommandError } from './command-error.js';

const cure = 'Write one "keyId:base64 of 32 bytes" a line into a file and name it in MOORING_CODEC_KEYS; "mooring dev" makes its own.';

/** The keys of `MOORING_CODEC_KEYS`. Throws a `CommandError` of kind `usage`, which never shows a line of the file. */
export function readCodecKeys(file: string | undefined): EncryptionKeys {
  if (file === undefined || file === '') throw new CommandError('usage', 'MOORING_CODEC_KEYS is not set, so no payload could be read or written.', cure);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new CommandError('usage', 'The file that MOORING_CODEC_KEYS names cannot be read.', cure);
  }
  const keys = new Map<string, Uint8Array>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, id, encoded] = /^([A-Za-z0-9_.-]{1,64}):([A-Za-z0-9+/]{43}=)$/.exec(line.trim()) ?? [];
    if (id === undefined || encoded === undefined || keys.has(id))
      throw new CommandError('usage', `Line ${index + 1} of the file that MOORING_CODEC_KEYS names is not a new key.`, cure);
    keys.set(id, Buffer.from(encoded, 'base64'));
  }
  const [first] = keys;
  if (first === undefined) throw new CommandError('usage', 'The file that MOORING_CODEC_KEYS names holds no key.', cure);
  return { current: { id: first[0], key: first[1] }, find: (id) => keys.get(id) };
}
