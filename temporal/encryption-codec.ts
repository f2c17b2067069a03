// AES-256-GCM over the whole payload. The additional data binds a payload to format, key and namespace; not to the workflow, because the Temporal
// UI's /encode knows no workflow ID. Decode passes through what this codec did not encode (the UI queries in clear; authority never comes from
// encryption).
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { encodingOf, metadataText, textToBytes } from './payload-metadata.js';

/** The keys of `MOORING_CODEC_KEYS`: the current one encrypts, all decrypt. */
export interface EncryptionKeys {
  readonly current: { readonly id: string; readonly key: Uint8Array };
  find(id: string): Uint8Array | undefined;
}

const encoding = 'binary/mooring-aes256gcm-v1';
const ivBytes = 12;
const tagBytes = 16;

export function isEncrypted(payload: Payload): boolean {
  return encodingOf(payload) === encoding;
}

export class EncryptionCodec implements PayloadCodec {
  readonly #keys: EncryptionKeys;
  readonly #namespace: string;

  constructor(keys: EncryptionKeys, namespace: string) {
    this.#keys = keys;
    this.#namespace = namespace;
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    const { id, key } = this.#keys.current;
    return payloads.map((payload) => {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(this.#boundTo(id));
      const plain = proto.temporal.api.common.v1.Payload.encode(payload).finish();
      const data = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return { metadata: { encoding: textToBytes(encoding), 'encryption-key-id': textToBytes(id) }, data };
    });
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (isEncrypted(payload) ? this.#decrypt(payload) : payload));
  }

  #decrypt(payload: Payload): Payload {
    const id = metadataText(payload, 'encryption-key-id');
    const key = this.#keys.find(id);
    if (key === undefined) throw new Error(`encrypted with the key ${JSON.stringify(id)}, which this process does not have`);
    const data = payload.data ?? new Uint8Array();
    if (data.length < ivBytes + tagBytes) throw new Error('too short to be one of our payloads');
    const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, ivBytes))
      .setAAD(this.#boundTo(id))
      .setAuthTag(data.subarray(data.length - tagBytes));
    const plain = Buffer.concat([decipher.update(data.subarray(ivBytes, data.length - tagBytes)), decipher.final()]);
    return proto.temporal.api.common.v1.Payload.decode(plain);
  }

  #boundTo(keyId: string): Uint8Array {
    return textToBytes(`mooring-payload|1|${keyId}|${this.#namespace}`);
  }
}
