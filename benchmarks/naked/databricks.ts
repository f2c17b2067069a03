// The bare Databricks driver: a statement is sent, waited for, and closed.
import { readFile } from 'node:fs/promises';
import type { DBSQLClient } from '@databricks/sql';

/** Paths instead of secrets, as the product has references. */
export interface DatabricksLogin {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly tokenFile: string;
  readonly authorityFile: string;
}

export interface BareSession {
  /** Runs one statement to its end. */
  execute(text: string): Promise<void>;
  close(): Promise<void>;
}

/** One session, the driver loaded at the first use. */
export async function openDatabricksSession({ host, port, path, tokenFile, authorityFile }: DatabricksLogin): Promise<BareSession> {
  const { DBSQLClient: Client } = await import('@databricks/sql');
  const token = (await readFile(tokenFile, 'utf8')).trim();
  const client: DBSQLClient = new Client({ logger: { log: () => undefined } });
  await client.connect({ host, port, path, token, customCaCert: await readFile(authorityFile), telemetryEnabled: false });
  const session = await client.openSession();
  return {
    async execute(text) {
      const operation = await session.executeStatement(text, { useCloudFetch: false });
      await operation.finished();
      await operation.close();
    },
    async close() {
      await session.close();
      await client.close();
    },
  };
}
