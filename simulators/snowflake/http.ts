// Requests and answers on the wire: JSON, plain or gzip; a header on every answer says that no real account stands behind it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { asRecord } from './query-request.js';

/** Longer than any script; a guard, not a rule of the vendor. */
const longestBody = 16 * 1024 * 1024;

export class UnreadableBody extends Error {}

/** @throws UnreadableBody when it is too long, broken or no JSON object. */
export async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return {};
  try {
    const gzipped = request.headers['content-encoding'] === 'gzip';
    return asRecord(JSON.parse((gzipped ? gunzipSync(bytes, { maxOutputLength: longestBody }) : bytes).toString('utf8')));
  } catch {
    throw new UnreadableBody('the body is no JSON');
  }
}

/** @throws UnreadableBody when it is too long. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams((await readBytes(request)).toString('utf8'));
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > longestBody) throw new UnreadableBody('the body is longer than 16 MiB');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  sendText(response, JSON.stringify(body), status, { 'content-type': 'application/json' });
}

export function sendText(response: ServerResponse, body: string, status: number, headers: Readonly<Record<string, string>> = {}): void {
  if (response.destroyed || response.writableEnded) return;
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length, 'x-mooring-simulator': 'snowflake' });
  response.end(bytes);
}
