import { InvalidArgumentError } from 'commander';

/**
 * What `<run>` may look like: a connectionKey or a run ID, or a workflow ID. It becomes part of a query, so what could end a text in one does not
 * pass; a run of an old key that holds a quote is named by its workflow ID or run ID.
 */
export function parseRun(text: string): string {
  if (/^connection\/[^/\s"]+\/\P{Cc}{1,200}$/u.test(text) || /^[^"'`\\\p{Cc}]{1,200}$/u.test(text)) return text;
  throw new InvalidArgumentError('Write a connectionKey, a workflow ID (connection/<host>/<key>) or a run ID.');
}
