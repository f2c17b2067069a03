// Requests of our own to the workspace's REST addresses, which only read: the query history. Never repeated, never redirected, never longer than a
// deadline, never read beyond a size.
import ky from 'ky';

/** An answer in full. */
export interface RestAnswer {
  readonly status: number;
  /** Parsed JSON; `undefined` if it was none, or too long. */
  readonly body: unknown;
}

const deadlineMs = 30_000;
const longestAnswer = 16 * 1024 * 1024; // a page of 1,000 history entries, each with the text of its statement

/** Rejects when no whole answer came. */
export async function askWorkspace(url: string, authorization: string): Promise<RestAnswer> {
  const response = await ky(url, {
    headers: { authorization, accept: 'application/json' },
    retry: 0, // only Temporal retries
    redirect: 'error', // a redirect would carry the credential elsewhere
    timeout: deadlineMs,
    throwHttpErrors: false, // its errors hold the request, and that the credential
    signal: AbortSignal.timeout(deadlineMs), // of the body too, which ky's own deadline leaves out
  });
  return { status: response.status, body: await readJson(response) };
}

async function readJson(response: Response): Promise<unknown> {
  if (response.body === null) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > longestAnswer) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
