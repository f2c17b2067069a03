import { gunzipSync, gzipSync } from 'node:zlib';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { encodingOf, textToBytes } from './payload-metadata.js';

const encoding = 'binary/gzip';
/** Below this gzip saves nothing worth a header. */
const worthwhileBytes = 512;
/** No payload of ours comes near; a bomb does not get further. */
const maxBytes = 16 * 1024 * 1024;

/** Gzips payloads before they are encrypted: what is encrypted no longer compresses. */
export class CompressionCodec implements PayloadCodec {
  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const plain = proto.temporal.api.common.v1.Payload.encode(payload).finish();
      return plain.length < worthwhileBytes ? payload : { metadata: { encoding: textToBytes(encoding) }, data: gzipSync(plain) };
    });
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      if (encodingOf(payload) !== encoding) return payload;
      return proto.temporal.api.common.v1.Payload.decode(gunzipSync(payload.data ?? new Uint8Array(), { maxOutputLength: maxBytes }));
    });
  }
}
