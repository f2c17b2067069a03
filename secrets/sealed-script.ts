// A script is a secret of its own: it may hold a password, and who can change it runs statements with the widest rights. It is sealed with
// AES-256-GCM under a key that only workers have, before the payload codec sees it. The additional data bind key id, platform, purpose and
// SHA-256: a cleanup script cannot be passed off as a bootstrap script, nor one script as another, nor be split by the rules of another dialect. It is compressed first (scripts shrink tenfold and
// stand in history twice), and opening stops at 8 MiB whatever the sealed bytes promise.
// A key that was replaced under the same id cannot be told from a changed script; the advice says so.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Platform, Purpose, SealedScript } from '../domain/script.js';
import type { KeyRing } from './key-ring.js';
import { ScriptError, SecretError } from './secret-error.js';

export interface SealableScript {
  readonly platform: Platform;
  readonly purpose: Purpose;
  readonly text: string;
  readonly statementHashes: readonly string[];
}

const maxScriptBytes = 8 * 1024 * 1024; // above the largest answer the Immuta client accepts
const ivBytes = 12; // the length GCM is made for
const tagBytes = 16;

/** Seals with the ring's first key, opens with any. `open` throws a `SecretError` (key not in the ring) or a `ScriptError` (not what was sealed). */
export function createScriptSeal(keys: KeyRing): { seal(script: SealableScript): SealedScript; open(script: SealedScript): string } {
  return {
    seal({ platform, purpose, text, statementHashes }) {
      const bytes = Buffer.from(text, 'utf8');
      if (bytes.length > maxScriptBytes)
        throw new ScriptError(
          `The ${purpose} script has ${bytes.length} bytes, more than ${maxScriptBytes}.`,
          'Look at what Immuta sends: its scripts are tens of KiB.',
        );
      const sha256 = sha256Of(bytes);
      const { id, key } = keys.current;
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes }).setAAD(boundTo(id, platform, purpose, sha256));
      const sealed = Buffer.concat([iv, cipher.update(gzipSync(bytes)), cipher.final(), cipher.getAuthTag()]);
      return { platform, purpose, sha256, statementHashes, sealed: `${id}:${sealed.toString('base64')}` };
    },

    open({ platform, purpose, sha256, sealed }) {
      const [, id, encoded] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]+={0,2})$/.exec(sealed) ?? [];
      if (id === undefined || encoded === undefined) throw changed(purpose, 'has not the form of a sealed script');
      const key = keys.find(id);
      if (key === undefined)
        throw new SecretError(
          `The ${purpose} script is sealed with key "${id}", which is not in this ring.`,
          'Add that key to the file of MOORING_SCRIPT_KEYS, below the first line.',
        );
      const bytes = Buffer.from(encoded, 'base64');
      if (bytes.length <= ivBytes + tagBytes) throw changed(purpose, 'is cut off');
      const text = unpack(decrypt(bytes, key, boundTo(id, platform, purpose, sha256), purpose), purpose);
      if (sha256Of(text) !== sha256) throw changed(purpose, 'has another SHA-256 than it claims');
      return text.toString('utf8');
    },
  };
}

function decrypt(bytes: Buffer, key: Buffer, additional: Buffer, purpose: Purpose): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
    decipher.setAAD(additional).setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]);
  } catch {
    throw changed(purpose, 'is not the one that was sealed');
  }
}

function unpack(bytes: Buffer, purpose: Purpose): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxScriptBytes });
  } catch {
    throw changed(purpose, `does not unpack to at most ${maxScriptBytes} bytes`);
  }
}

function boundTo(keyId: string, platform: Platform, purpose: Purpose, sha256: string): Buffer {
  return Buffer.from(`mooring-script|1|${keyId}|${platform}|${purpose}|${sha256}`, 'utf8');
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function changed(purpose: Purpose, complaint: string): ScriptError {
  return new ScriptError(
    `The sealed ${purpose} script ${complaint}. It was changed on its way, or its key was replaced under the same id.`,
    'Do not run it. Compare MOORING_SCRIPT_KEYS of all workers; if they agree, treat the history as tampered with and start a new run.',
  );
}
