import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '../../dev/sandbox.js';

interface Reply {
  readonly success: boolean;
  readonly message: string;
  readonly data: { readonly token: string };
}

/** Runs a statement as the simulated account's administrator, past Mooring, by the platform's own protocol. */
export async function asAccountAdmin({ simulators, secretFolder }: Sandbox, sqlText: string): Promise<void> {
  const { host, port } = simulators.snowflake;
  const post = async (path: string, body: object, token?: string): Promise<Reply> => {
    const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Snowflake Token="${token}"` }) };
    const response = await fetch(`http://${host}:${port}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as Reply;
  };
  const password = (await readFile(join(secretFolder, 'admin.password'), 'utf8')).trim();
  const login = await post('/session/v1/login-request?roleName=ACCOUNTADMIN', {
    data: { LOGIN_NAME: 'MOORING_ADMIN', PASSWORD: password, SESSION_PARAMETERS: {} },
  });
  const answer = await post(`/queries/v1/query-request?requestId=${randomBytes(8).toString('hex')}`, { sqlText }, login.data.token);
  if (!answer.success) throw new Error(`${sqlText}: ${answer.message}`);
}
