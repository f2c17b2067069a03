// One request and its whole answer, or one of a few named faults. It bounds what an answer may cost (time by the caller's signal, bytes
// counted after decompression), follows no redirect (307 and 308 send the body again, and the body holds passwords), repeats nothing (only
// Temporal retries), and lets nothing of fetch or ky out: their errors hold headers and sockets.
// `redirect: 'manual'`, not `'error'`: Node then shows the redirect's status, while 'error' looks like a broken connection.
import ky from 'ky';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly authorization: string | undefined;
  /** JSON, already text; `undefined` sends no body and no content type. */
  readonly body: string | undefined;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Empty for an error answer whose body was cut off or too large: its status says enough. */
  readonly text: string;
}

/**
 * `not-begun`: the signal was aborted before. `not-sent`: the connection never came to be. `untrusted`: its certificate was refused. `lost`: it broke after the request may have left.
 * `stopped`: the signal was aborted meanwhile.
 */
export type Fault = 'not-begun' | 'redirect' | 'too-large' | 'not-text' | 'not-sent' | 'untrusted' | 'lost' | 'stopped';

export class CallFault extends Error {
  readonly fault: Fault;
  /** The system's error code, or the redirect's status. */
  readonly code: string;

  constructor(fault: Fault, code: string) {
    super(`${fault} (${code})`);
    this.name = 'CallFault';
    this.fault = fault;
    this.code = code;
  }
}

const maxErrorBytes = 256 * 1024; // a full set of validation results is a few KiB

/** Sends the request once. Throws nothing but `CallFault`. */
export async function httpCall(request: HttpRequest): Promise<HttpAnswer> {
  try {
    if (request.signal.aborted) throw new CallFault('not-begun', 'ABORTED');
    const response = await unlessAborted(send(request), request.signal);
    return await readAnswer(response, request);
  } catch (error) {
    throw error instanceof CallFault ? error : networkFault(error, request.signal);
  }
}

async function send({ method, url, authorization, body, signal }: HttpRequest): Promise<Response> {
  const headers = new Headers({ accept: 'application/json', 'user-agent': 'mooring' });
  if (authorization !== undefined) headers.set('authorization', authorization);
  if (body !== undefined) headers.set('content-type', 'application/json');
  return ky(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    signal,
    redirect: 'manual',
    retry: 0,
    timeout: false,
    throwHttpErrors: false,
  });
}

async function readAnswer(response: Response, { maxBytes, signal }: HttpRequest): Promise<HttpAnswer> {
  if (response.status >= 300 && response.status < 400) {
    await discard(response.body);
    throw new CallFault('redirect', String(response.status));
  }
  const failed = response.status >= 400;
  try {
    const bytes = await readBytes(response, failed ? Math.min(maxErrorBytes, maxBytes) : maxBytes, signal);
    return { status: response.status, headers: response.headers, text: decode(bytes) };
  } catch (error) {
    if (!failed || signal.aborted) throw error;
    return { status: response.status, headers: response.headers, text: '' };
  }
}

async function readBytes(response: Response, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  const announced = Number(response.headers.get('content-length') ?? 0);
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for (;;) {
      if (announced > limit || total > limit) throw new CallFault('too-large', String(limit));
      const { done, value } = await unlessAborted(reader.read(), signal);
      if (done) return Buffer.concat(chunks);
      chunks.push(value);
      total += value.byteLength;
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined); // closes the connection: what is still on its way is not wanted
    throw error;
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // a script with replaced characters would be another script
  } catch {
    throw new CallFault('not-text', 'UTF-8');
  }
}

async function discard(body: ReadableStream | null): Promise<void> {
  await body?.cancel().catch(() => undefined);
}

/** fetch ends on abort by itself, but through combined signals that Node 20 may collect too early. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let give: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    give = () => reject(new CallFault('stopped', 'ABORTED'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (give !== undefined) signal.removeEventListener('abort', give);
  }
}

const certificateCodes = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_|ERR_TLS_CERT_|ERR_SSL_WRONG_VERSION_NUMBER)/;
const neverConnected = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'UND_ERR_CONNECT_TIMEOUT']);

function networkFault(error: unknown, signal: AbortSignal): CallFault {
  if (signal.aborted) return new CallFault('stopped', 'ABORTED');
  const roots = rootsOf(error);
  const code = roots.map((root) => root.code).find((text) => text !== '') ?? 'no code';
  if (roots.some((root) => certificateCodes.test(root.code))) return new CallFault('untrusted', code);
  const unsent = roots.length > 0 && roots.every((root) => neverConnected.has(root.code) || root.syscall === 'connect');
  return new CallFault(unsent ? 'not-sent' : 'lost', code);
}

/** The system errors below a fetch error: one, or one for each address that was tried. */
function rootsOf(error: unknown, depth = 0): { code: string; syscall: string }[] {
  if (!(error instanceof Error) || depth > 5) return [];
  if (error instanceof AggregateError) return error.errors.flatMap((one) => rootsOf(one, depth + 1));
  if (error.cause !== undefined) return rootsOf(error.cause, depth + 1);
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return [{ code: typeof code === 'string' ? code.slice(0, 64) : '', syscall: typeof syscall === 'string' ? syscall : '' }];
}
