// Query tags travel as one text, `key:value,key:value`, with a backslash before a backslash, a colon or a comma of a value [src: serializeQueryTags of
// the Node.js driver, serialize_query_tags of the Python driver].

export interface QueryTag {
  readonly key: string;
  readonly value: string | undefined;
}

/** Tags of the session, overridden key by key by those of the statement. */
export function mergedTags(session: string | undefined, statement: string | undefined): QueryTag[] {
  const merged = new Map([...readTags(session ?? ''), ...readTags(statement ?? '')].map((tag) => [tag.key, tag]));
  return [...merged.values()];
}

export function writeTags(tags: readonly QueryTag[]): string {
  return tags
    .map(({ key, value }) => {
      const escapedKey = key.replaceAll('\\', '\\\\');
      return value === undefined ? escapedKey : `${escapedKey}:${value.replaceAll(/[\\:,]/g, String.raw`\$&`)}`;
    })
    .join(',');
}

function readTags(written: string): QueryTag[] {
  const entries = written.match(/(?:\\[\s\S]|[^,\\])+/g) ?? [];
  return entries.map((entry) => {
    const [key = ''] = /^(?:\\[\s\S]|[^:\\])*/.exec(entry) ?? [];
    const value = entry.length > key.length ? entry.slice(key.length + 1) : undefined;
    return { key: unescaped(key).trim(), value: value === undefined ? undefined : unescaped(value) };
  });
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([\s\S])/g, '$1');
}
