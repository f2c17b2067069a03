import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { createDataConverter } from '../../temporal/data-converter.js';
import type { EncryptionKeys } from '../../temporal/encryption-codec.js';

function keys(...ids: string[]): EncryptionKeys & { readonly all: Map<string, Uint8Array> } {
  const all = new Map<string, Uint8Array>(ids.map((id) => [id, randomBytes(32)]));
  return ring(all, ids[0] ?? '');
}

function ring(all: Map<string, Uint8Array>, current: string) {
  return { all, current: { id: current, key: all.get(current) ?? randomBytes(32) }, find: (id: string) => all.get(id) };
}

function codecOf(ours: EncryptionKeys, namespace = 'default') {
  const [codec] = createDataConverter(ours, namespace).payloadCodecs ?? [];
  if (codec === undefined) throw new Error('no codec');
  return codec;
}

const secret = 'CREATE USER x PASSWORD = canary-4711';

function payloadOf(value: unknown): Payload {
  const payload = defaultPayloadConverter.toPayload(value);
  if (payload === undefined) throw new Error('no payload');
  return payload;
}

function valueOf(payload: Payload | undefined): unknown {
  return payload === undefined ? undefined : defaultPayloadConverter.fromPayload(payload);
}

describe('payload codec', () => {
  it.each([
    ['short', secret],
    ['long and repetitive', secret.repeat(5_000)],
  ])('gives back what it took: %s', async (_what, value) => {
    const codec = codecOf(keys('k1'));

    const encoded = await codec.encode([payloadOf(value)]);

    expect(Buffer.from(encoded[0]?.data ?? []).includes('canary')).toBe(false);
    expect(valueOf((await codec.decode(encoded))[0])).toBe(value);
  });

  it('compresses before it encrypts', async () => {
    const [encoded] = await codecOf(keys('k1')).encode([payloadOf(secret.repeat(5_000))]);

    expect(encoded?.data?.length).toBeLessThan(5_000);
  });

  it('never encodes the same payload twice alike', async () => {
    const codec = codecOf(keys('k1'));

    const [[first], [second]] = [await codec.encode([payloadOf('x')]), await codec.encode([payloadOf('x')])];

    expect(Buffer.from(first?.data ?? [])).not.toEqual(Buffer.from(second?.data ?? []));
  });

  it('reads payloads of an older key after rotation', async () => {
    const old = keys('k1');
    const rotated = new Map(old.all).set('k2', randomBytes(32));

    const encoded = await codecOf(old).encode([payloadOf('before')]);

    expect(valueOf((await codecOf(ring(rotated, 'k2')).decode(encoded))[0])).toBe('before');
  });

  it('passes through what it did not encode', async () => {
    const clear = payloadOf({ digest: 'x' });

    expect(await codecOf(keys('k1')).decode([clear])).toEqual([clear]);
  });

  it.each([
    ['an unknown key', async () => codecOf(keys('k9')).encode([payloadOf('x')])],
    ['another namespace', async (ours: EncryptionKeys) => codecOf(ours, 'other').encode([payloadOf('x')])],
    [
      'a flipped bit',
      async (ours: EncryptionKeys) => {
        const [encoded] = await codecOf(ours).encode([payloadOf('x')]);
        const data = Uint8Array.from(encoded?.data ?? []);
        data[20] = (data[20] ?? 0) ^ 1;
        return [{ ...encoded, data }];
      },
    ],
    ['an unknown encoding', async () => [{ metadata: { encoding: Buffer.from('binary/nonsense') }, data: Buffer.from('x') }]],
    ['JSON that is none', async () => [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"digest":') }]],
    ['no encoding', async () => [{ metadata: {}, data: Buffer.from('x') }]],
    ['gzip that we did not encrypt', async () => [{ metadata: { encoding: Buffer.from('binary/gzip') }, data: gzipSync(Buffer.alloc(9)) }]],
    [
      'a truncated payload',
      async (ours: EncryptionKeys) =>
        (await codecOf(ours).encode([payloadOf('x')])).map((payload) => ({ ...payload, data: payload.data?.slice(0, 9) ?? null })),
    ],
  ])('turns %s into an undecodable value instead of throwing', async (_what, encode) => {
    const ours = keys('k1');

    const [decoded] = await codecOf(ours).decode(await encode(ours));

    expect(valueOf(decoded)).toMatchObject({ undecodable: expect.any(String) });
  });

  it('does not unpack what a stranger compressed: a few bytes may hold gigabytes', async () => {
    const bomb = { metadata: { encoding: Buffer.from('binary/gzip') }, data: gzipSync(Buffer.alloc(15 * 1024 * 1024)) };
    const started = performance.now();

    await codecOf(keys('k1')).decode(Array.from({ length: 100 }, () => bomb));

    expect(performance.now() - started).toBeLessThan(1_000); // unpacked, it takes some 20 s and 1.7 GB
  });
});
