// Requests and answers of the workspace's addresses.
import type { IncomingMessage, ServerResponse } from 'node:http';

const mebibyte = 1_048_576;
const longestBody = 16 * mebibyte; // the vendor takes statements of this length [doc]

/** Rejects when the client goes away, or sends more than any statement needs. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) throw new RangeError('The body is longer than 16 MiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An answer to be sent, or to be spoilt by a fault first. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function json(body: unknown, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}

/** [doc] the error shape of the REST API. */
export function restError(status: number, code: string, message: string): Answer {
  return json({ error_code: code, message }, status);
}

/** [src] a Thrift call that does not get as far as the service: no body, the reason in a header the drivers read. */
export function thriftError(status: number, message: string): Answer {
  return { status, headers: { 'x-thriftserver-error-message': message }, body: Buffer.alloc(0) };
}

/** `bodyBytes` pads with blanks up to that length. */
export function send(response: ServerResponse, { status, headers, body }: Answer, bodyBytes = 0): void {
  const padded = body.length >= bodyBytes ? body : Buffer.concat([body, Buffer.alloc(bodyBytes - body.length, ' ')]);
  response.writeHead(status, { ...headers, 'content-length': String(padded.length) });
  response.end(padded);
}
