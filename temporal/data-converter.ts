import { fileURLToPath } from 'node:url';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { CompressionCodec } from './compression-codec.js';
import { EncryptionCodec, type EncryptionKeys } from './encryption-codec.js';
import { textToBytes } from './payload-metadata.js';

/** The file that the worker and the workflow bundle load the failure converter from. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.js', import.meta.url));

/** How every process of ours writes and reads payloads: gzip, then encryption; failures included. */
export function createDataConverter(keys: EncryptionKeys, namespace: string): DataConverter {
  return { failureConverterPath, payloadCodecs: [new NeverThrowing([new CompressionCodec(), new EncryptionCodec(keys, namespace)])] };
}

/**
 * Decoding never throws: a throwing `decode` fails the workflow task for ever, and anyone may send a Signal. What cannot be decoded becomes
 * `{ "undecodable": "<reason>" }`; who reads a message refuses it by its shape, who reads an own payload waits for the key (activity-options.ts).
 */
class NeverThrowing implements PayloadCodec {
  readonly #codecs: readonly PayloadCodec[];

  constructor(codecs: readonly PayloadCodec[]) {
    this.#codecs = codecs;
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    let encoded = payloads;
    for (const codec of this.#codecs) encoded = await codec.encode(encoded);
    return encoded;
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(payloads.map((payload) => this.#decodeOne(payload)));
  }

  async #decodeOne(payload: Payload): Promise<Payload> {
    let decoded = [payload];
    try {
      for (const codec of this.#codecs.toReversed()) decoded = await codec.decode(decoded);
      return decoded[0] ?? payload;
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'not a payload of ours';
      return { metadata: { encoding: textToBytes('json/plain') }, data: textToBytes(JSON.stringify({ undecodable: reason })) };
    }
  }
}
