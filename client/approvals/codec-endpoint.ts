// Lets the Temporal UI read and write payloads in development. It knows the codec key and answers whoever may call it, so it listens on loopback
// only and lets exactly one page call it: the UI's. What it can read never holds a secret or a script in clear: those are redacted or sealed before.
import { serve } from '@hono/node-server';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { z } from 'zod';

export interface CodecEndpointOptions {
  readonly port: number;
  /** The Temporal UI's origin, such as `http://127.0.0.1:8233`. */
  readonly origin: string;
  readonly codecs: readonly PayloadCodec[];
}

export interface CodecEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** One page of the UI's history holds well under this. */
const maxBodyBytes = 8 * 1024 * 1024;

const WirePayload = z.object({ metadata: z.record(z.string(), z.base64()).default({}), data: z.base64().default('') });
const Body = z.object({ payloads: z.array(WirePayload).max(10_000) });

/** Serves `POST /decode` and `POST /encode` on 127.0.0.1. Rejects if the port is taken. */
export function serveCodecEndpoint({ port, origin, codecs }: CodecEndpointOptions): Promise<CodecEndpoint> {
  const app = new Hono();
  app.use('*', cors({ origin, allowMethods: ['POST'], allowHeaders: ['content-type', 'x-namespace'] }));
  app.use('*', bodyLimit({ maxSize: maxBodyBytes }));
  for (const direction of ['encode', 'decode'] as const) {
    app.post(`/${direction}`, async (context) => {
      // A page of another origin cannot read the answer; without this it could still make us work.
      const caller = context.req.header('origin');
      if (caller !== undefined && caller !== origin) return context.json({ error: 'This endpoint serves the Temporal UI only.' }, 403);
      const body = Body.safeParse(await context.req.json().catch(() => undefined));
      if (!body.success) return context.json({ error: 'Send { "payloads": [{ "metadata": {}, "data": "<base64>" }] }.' }, 400);
      let payloads = body.data.payloads.map(fromWire);
      for (const codec of direction === 'encode' ? codecs : codecs.toReversed()) payloads = await codec[direction](payloads);
      return context.json({ payloads: payloads.map(toWire) });
    });
  }
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, ({ port: listening }) =>
      resolve({
        url: `http://127.0.0.1:${listening}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      }),
    );
    server.once('error', reject);
  });
}

function fromWire({ metadata, data }: z.infer<typeof WirePayload>): Payload {
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')])),
    data: Buffer.from(data, 'base64'),
  };
}

function toWire({ metadata, data }: Payload): z.infer<typeof WirePayload> {
  return {
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')])),
    data: Buffer.from(data ?? new Uint8Array()).toString('base64'),
  };
}
