import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeServerIdentity } from '../../simulators/databricks/certificate.js';
import { admin, creator, nobody, startWorkspace } from './databricks-clients.js';
import type { Reply, TestWorkspace } from './databricks-clients.js';

describe('the certificate of the simulated workspace', () => {
  it('is signed by an authority of its own, for loopback only', () => {
    const { caCert, chain } = makeServerIdentity();

    const [server, authority] = [new X509Certificate(chain), new X509Certificate(caCert)];

    expect([authority.ca, server.ca]).toEqual([true, false]);
    expect(server.checkIssued(authority)).toBe(true);
    expect(server.verify(authority.publicKey)).toBe(true);
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server.checkHost('example.com')).toBeUndefined();
  });
});

describe('the addresses of the simulated workspace', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await startWorkspace();
  });
  beforeEach(() => workspace.simulator.reset());
  afterAll(() => workspace.close());

  const token = (clientId: string, clientSecret: string, form: Record<string, string> = {}): Promise<Reply> => {
    const basic = Buffer.from([clientId, clientSecret].map(encodeURIComponent).join(':')).toString('base64');
    return workspace.call('POST', '/oidc/v1/token', {
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis', ...form }).toString(),
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    });
  };
  const history = (bearer: string, query = ''): Promise<Reply> =>
    workspace.call('GET', `/api/2.0/sql/history/queries${query}`, { headers: { authorization: `Bearer ${bearer}` } });

  it('are not for a client that does not trust the authority', async () => {
    const { host, port } = workspace.simulator;

    const refusal = new Promise((resolve) => {
      connect({ host, port }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });

    expect(await refusal).toMatch(/SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT/);
  });

  it('lead a client from the host to the token endpoint', async () => {
    const config = JSON.parse((await workspace.call('GET', '/.well-known/databricks-config')).text) as { oidc_endpoint: string };
    const path = `${new URL(config.oidc_endpoint).pathname}/.well-known/oauth-authorization-server`;
    const server = JSON.parse((await workspace.call('GET', path)).text) as { token_endpoint: string };

    expect(server.token_endpoint).toBe(`${workspace.simulator.url}/oidc/v1/token`);
  });

  it('give a token that opens a session, and none for a wrong secret', async () => {
    const good = await token(admin.clientId, admin.clientSecret);
    const wrong = await token(admin.clientId, 'wrong');
    const otherGrant = await token(admin.clientId, admin.clientSecret, { grant_type: 'password' });
    const { access_token: issued, expires_in: seconds } = JSON.parse(good.text) as { access_token: string; expires_in: number };

    const { run } = await workspace.open(issued);

    expect(await run('SELECT current_user() AS who')).toEqual([{ who: admin.name }]);
    expect(seconds).toBe(3_600);
    expect([wrong.status, JSON.parse(wrong.text), otherGrant.status]).toEqual([
      401,
      { error: 'invalid_client', error_description: expect.any(String) },
      400,
    ]);
  });

  it('tell an expired token from one that was never good', async () => {
    const { access_token: issued } = JSON.parse((await token(admin.clientId, admin.clientSecret)).text) as { access_token: string };
    workspace.simulator.expireTokens();

    await expect(workspace.open(issued)).rejects.toMatchObject({ statusCode: 401 });
    await expect(workspace.open('dapi-wrong')).rejects.toMatchObject({ statusCode: 403 });
    expect((await workspace.call('GET', '/api/2.0/sql/history/queries')).status).toBe(401);
  });

  it('do not know another HTTP path', async () => {
    await expect(workspace.open(admin.token, {}, '/sql/1.0/warehouses/other')).rejects.toMatchObject({ statusCode: 404 });
  });

  it.each([[''], ['no thrift at all'], ['\u0080\u0001\u0000\u0001\u0000\u0000\u0000\u000bOpenSession']])(
    'answer %j, which is no whole Thrift message, with 400 and stay alive',
    async (body) => {
      const headers = { authorization: `Bearer ${admin.token}` };

      const reply = await workspace.call('POST', workspace.simulator.httpPath, { body: Buffer.from(body, 'latin1'), headers });

      expect(reply.status).toBe(400);
      expect(await workspace.open()).toBeDefined();
    },
  );

  it('show the history by statement id with its tags, to its own user and to admins', async () => {
    const { session, refusal } = await workspace.open(creator.token, { queryTags: { run: 'r1' } });
    const operation = await session.executeStatement('CREATE CATALOG immuta', { queryTags: { statement: 'a:b' } });
    await operation.finished();
    await refusal('CREATE CATALOG immuta');

    const own = JSON.parse((await history(creator.token, `?filter_by.statement_ids=${operation.id}`)).text) as { res: unknown[] };
    const all = JSON.parse((await history(admin.token)).text) as { res: unknown[] };
    const foreign = JSON.parse((await history(nobody.token)).text) as { res: unknown[] };

    expect(own.res).toEqual([
      expect.objectContaining({
        query_id: operation.id,
        status: 'FINISHED',
        query_text: 'CREATE CATALOG immuta',
        user_name: creator.name,
        statement_type: 'CREATE',
        query_tags: [
          { key: 'run', value: 'r1' },
          { key: 'statement', value: 'a:b' },
        ],
      }),
    ]);
    expect(all.res).toMatchObject([{ status: 'FAILED', error_message: expect.stringContaining('CATALOG_ALREADY_EXISTS') }, { status: 'FINISHED' }]);
    expect(foreign.res).toEqual([]);
  });

  it('page through the history, newest first, and show what still runs', async () => {
    const { run, session } = await workspace.open();
    for (const n of [1, 2, 3]) await run(`SELECT ${n}`);
    workspace.fault({ where: 'databricks:ExecuteStatement', kind: 'delay', delayMs: 60_000 });
    const slow = await session.executeStatement('SELECT 4');

    const first = JSON.parse((await history(admin.token, '?max_results=2')).text) as { next_page_token: string };
    const second = JSON.parse((await history(admin.token, `?max_results=2&page_token=${first.next_page_token}`)).text) as unknown;
    await slow.cancel();

    expect(first).toMatchObject({ res: [{ status: 'RUNNING', query_text: 'SELECT 4' }, { query_text: 'SELECT 3' }], has_next_page: true });
    expect(second).toMatchObject({ res: [{ query_text: 'SELECT 2' }, { query_text: 'SELECT 1' }], has_next_page: false });
  });
});
