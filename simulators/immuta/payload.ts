import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

/** The parsed body, `undefined` when there is none. Throws 400, 413 or 415 as hapi does. */
export function readPayload(request: IncomingMessage, body: string | undefined): unknown {
  if (body === undefined) throw new Refusal(413, 'Payload content length greater than maximum allowed: 1048576');
  if (body === '') return undefined;
  const type = (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(body));
  if (type !== 'application/json') throw new Refusal(415, 'Unsupported Media Type');
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, 'Invalid request payload JSON format');
  }
}
