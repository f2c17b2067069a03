import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function json(body: unknown, status = 200): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

export function text(body: string, contentType = 'text/plain; charset=utf-8'): Answer {
  return { status: 200, contentType, body };
}

const block = Buffer.alloc(65_536, ' ');

function* padded(body: Buffer, bytes: number): Generator<Buffer> {
  yield body;
  for (let missing = bytes - body.length; missing > 0; missing -= block.length) yield block.subarray(0, Math.min(missing, block.length));
}

/** Sends an answer, padded with blanks to `bodyBytes` (JSON stays JSON). A client that hangs up in the middle is no error of ours. */
export async function send(response: ServerResponse, answer: Answer, bodyBytes = 0): Promise<void> {
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': Math.max(body.length, bodyBytes),
    'cache-control': 'no-cache',
    ...answer.headers,
  });
  try {
    await pipeline(Readable.from(padded(body, bodyBytes)), response);
  } catch {
    response.destroy();
  }
}
