import { fileURLToPath } from 'node:url';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common/lib/converter/payload-converter.js';
import { CompressionCodec } from './compression-codec.js';
import { EncryptionCodec, isEncrypted, type EncryptionKeys } from './encryption-codec.js';
import { textToBytes } from './payload-metadata.js';

/** The file that the worker and the workflow bundle load the failure converter from. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.js', import.meta.url));

/** How every process of ours writes and reads payloads: gzip, then encryption; failures included. */
export function createDataConverter(keys: EncryptionKeys, namespace: string): DataConverter {
  return { failureConverterPath, payloadCodecs: [new NeverThrowing(new EncryptionCodec(keys, namespace))] };
}

/**
 * Decoding never throws, and what it gives can be read: else the workflow task fails for ever, and anyone may send a Signal. What cannot be decoded
 * becomes `{ "undecodable": "<reason>" }`; who reads a message refuses it by its shape, who reads an own payload waits for the key
 * (activity-options.ts).
 */
class NeverThrowing implements PayloadCodec {
  readonly #compression = new CompressionCodec();
  readonly #encryption: EncryptionCodec;

  constructor(encryption: EncryptionCodec) {
    this.#encryption = encryption;
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return this.#encryption.encode(await this.#compression.encode(payloads));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(payloads.map((payload) => this.#decodeOne(payload)));
  }

  async #decodeOne(payload: Payload): Promise<Payload> {
    try {
      const [decoded = payload] = await this.#open(payload);
      if (!isReadable(decoded)) throw new Error('neither JSON nor another form that is read here');
      return decoded;
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'not a payload of ours';
      return { metadata: { encoding: textToBytes('json/plain') }, data: textToBytes(JSON.stringify({ undecodable: reason })) };
    }
  }

  /** Only what we encrypted is unpacked: a stranger's few bytes may hold gigabytes. */
  async #open(payload: Payload): Promise<Payload[]> {
    if (!isEncrypted(payload)) return [payload];
    return this.#compression.decode(await this.#encryption.decode([payload]));
  }
}

function isReadable(payload: Payload): boolean {
  try {
    defaultPayloadConverter.fromPayload(payload);
    return true;
  } catch {
    return false; // the converter's own words may quote the payload
  }
}
