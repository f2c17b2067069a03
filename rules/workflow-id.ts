// The workflow ID is the lock: the server allows one open run for each connection, for both operations.

/** `connection/<immuta host>/<connectionKey>`: host in lower case, `host:port` when the URL names a port, key lower-cased in the ID only. */
export function connectionWorkflowId(immutaUrl: string, connectionKey: string): string {
  return `connection/${immutaHost(immutaUrl)}/${connectionKey.toLowerCase()}`;
}

/** The host of an Immuta URL as it stands in workflow IDs: lower case, with the port only when the URL names one. */
export function immutaHost(immutaUrl: string): string {
  const [, authority] = /^https?:\/\/([^/?#]+)/i.exec(immutaUrl) ?? [];
  if (authority === undefined) throw new RangeError('The Immuta URL must start with https:// and name a host.');
  return authority.toLowerCase();
}
