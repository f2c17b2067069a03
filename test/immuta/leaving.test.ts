import { afterEach, expect, test } from 'vitest';
import { clientOf, json, passwordTarget, tenantServer, type TenantServer } from './tenant-server.js';

let server: TenantServer | undefined;
afterEach(() => server?.close());

/** A tenant that logs everybody in and takes every write. */
async function tenant(): Promise<TenantServer> {
  server = await tenantServer(({ path }, response) =>
    path.endsWith('/authenticate')
      ? json(response, { token: 'token', authenticated: true })
      : json(response, { connectionKey: 'snow_prod', childCount: 0 }),
  );
  return server;
}

test.each(['createConnection', 'deleteConnection'] as const)(
  '%s asks right before it leaves, when the login is over, and is not sent when it may not',
  async (write) => {
    const { url, received } = await tenant();
    const client = clientOf(url, {}, 'exchange');
    const before: string[][] = [];
    const mayLeave = (): void => {
      before.push(received.map(({ path }) => path));
      throw new Error('the lease has ended');
    };

    const sent =
      write === 'createConnection' ? client.createConnection('snow_prod', passwordTarget, mayLeave) : client.deleteConnection('snow_prod', mayLeave);

    await expect(sent).rejects.toThrow('the lease has ended');
    expect(before).toEqual([['/bim/apikey/authenticate']]);
    expect(received).toHaveLength(1);
  },
);
