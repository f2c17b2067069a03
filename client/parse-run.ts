import { InvalidArgumentError } from 'commander';

/** What `<run>` may look like: a connectionKey or a run ID, or a workflow ID. It becomes part of a query, so nothing else passes. */
export function parseRun(text: string): string {
  if (/^[A-Za-z0-9_-]{1,128}$/.test(text) || /^connection\/[^/\s"]+\/[A-Za-z0-9_-]{1,128}$/.test(text)) return text;
  throw new InvalidArgumentError('Write a connectionKey, a workflow ID (connection/<host>/<key>) or a run ID.');
}
