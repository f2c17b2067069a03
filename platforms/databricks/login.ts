// From a resolved login to an open session of the driver.
import type { DatabricksLogin } from '../runner-messages.js';
import { bearerOf } from './bearer.js';
import type { Bearer } from './bearer.js';
import { newClient } from './driver.js';
import type { DriverClient, DriverSession } from './driver.js';
import { loginFailure } from './error.js';
import type { Sending } from './sending.js';

export interface LoggedIn {
  readonly client: DriverClient;
  readonly session: DriverSession;
  readonly bearer: Bearer;
}

/** The tag of our own looking, so that an auditor tells it from doing. */
export const ownTag = 'mooring-read';

/** Opens a session. A refused login is never tried again. */
export async function logIn(login: DatabricksLogin, sending: Sending, statementTimeoutSeconds: number): Promise<LoggedIn> {
  const bearer = bearerOf(login);
  let client: DriverClient | undefined;
  try {
    await bearer(); // before anything else, so that a refused secret is told from a refused session
    client = await newClient(sending.rule);
    await client.connect({
      host: login.host,
      port: login.port,
      path: login.httpPath,
      // The driver's own cache keeps a token that is no JSON web token for ever; ours goes by what the token endpoint said.
      authType: 'custom',
      provider: { authenticate: async () => ({ Authorization: `Bearer ${await bearer()}` }) },
      userAgentEntry: 'Mooring',
      telemetryEnabled: false,
      socketTimeout: 60_000, // ms for each HTTP request; a statement that takes longer is asked for, not waited for
      // Only questions about a statement are asked again, never the statement: a lost one would cost a whole quiet period.
      retryMaxAttempts: 3,
      retriesTimeout: 30_000,
      retryDelayMin: 500,
      retryDelayMax: 5_000,
    });
    const session = await client.openSession({
      configuration: { STATEMENT_TIMEOUT: String(statementTimeoutSeconds) }, // the driver's own `queryTimeout` has no effect on SQL warehouses
      queryTags: { mooring: ownTag },
    });
    return { client, session, bearer };
  } catch (error) {
    await client?.close().catch(() => undefined);
    throw loginFailure(error, login);
  }
}
