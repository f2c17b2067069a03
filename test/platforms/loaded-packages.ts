// Loads a driver as a runner does, prints the packages of which a file has been loaded, and what becomes of the uses that a runner refuses.
import { createRequire } from 'node:module';
import { preloadDriver as preloadDatabricks } from '../../platforms/databricks/driver.js';
import { preloadDriver as preloadSnowflake } from '../../platforms/snowflake/driver.js';

const require = createRequire(import.meta.url);
const refusals: string[] = [];

if (process.argv[2] === 'Snowflake') {
  const driver = await preloadSnowflake();
  const statements = require('snowflake-sdk/dist/lib/connection/statement') as {
    executeFileTransferRequest(context: object, body: object): Promise<void>;
  };
  await refused(() => statements.executeFileTransferRequest({}, {})); // what the driver does with a PUT or a GET
  await refused(() => driver.createPool({ account: 'loopback' }, { max: 1 }));
} else {
  const Client = await preloadDatabricks();
  await refused(() => new Client()); // which would write its log to the standard output
}

const files = Object.values(require.cache).flatMap((file) => (file === undefined || file.children.length === 0 ? [] : [file.filename]));
const packages = new Set(files.map((file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]));
process.stdout.write(JSON.stringify({ packages: [...packages], refusals }));

async function refused(use: () => unknown): Promise<void> {
  try {
    await use();
  } catch (error) {
    refusals.push(String(error));
  }
}
