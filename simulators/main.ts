// The simulators as a program. It says where they listen and which credentials work, and ends on SIGTERM, on SIGINT, and with `--guarded` when its
// standard input closes, which is how a child learns that its parent is gone.
import { parseArgs } from 'node:util';
import { describeSimulators, listSimulators } from './announcement.js';
import { prepareCredentials } from './credentials.js';
import { startDatabricksSimulator } from './databricks/server.js';
import { startSnowflakeSimulator } from './snowflake/server.js';
import { startSimulators } from './start.js';

const usage = `usage: simulators [--json] [--guarded] [--credentials <folder>] [--immuta-port <n>] [--snowflake-port <n>]
                  [--databricks-port <n>] [--control-port <n>]
  --json         one JSON object on one line when ready
  --guarded      end when standard input closes
  --credentials  keep keys and passwords in this folder; what is missing there is made
  ports          0 or absent: any free one`;

interface Options {
  readonly json: boolean;
  readonly guarded: boolean;
  readonly credentials: string | undefined;
  readonly immutaPort: number;
  readonly snowflakePort: number;
  readonly databricksPort: number;
  readonly controlPort: number;
}

/** Throws when an option is unknown or no port. */
function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      guarded: { type: 'boolean', default: false },
      credentials: { type: 'string' },
      'immuta-port': { type: 'string', default: '0' },
      'snowflake-port': { type: 'string', default: '0' },
      'databricks-port': { type: 'string', default: '0' },
      'control-port': { type: 'string', default: '0' },
    },
  });
  const portOf = (name: 'immuta-port' | 'snowflake-port' | 'databricks-port' | 'control-port'): number => {
    if (!/^\d{1,5}$/.test(values[name]) || Number(values[name]) > 65_535)
      throw new TypeError(`--${name} needs a port from 0 to 65535, not "${values[name]}".`);
    return Number(values[name]);
  };
  return {
    json: values.json,
    guarded: values.guarded,
    credentials: values.credentials,
    immutaPort: portOf('immuta-port'),
    snowflakePort: portOf('snowflake-port'),
    databricksPort: portOf('databricks-port'),
    controlPort: portOf('control-port'),
  };
}

async function run({ json, guarded, credentials, ...ports }: Options): Promise<void> {
  const simulators = await startSimulators({
    snowflake: startSnowflakeSimulator,
    databricks: startDatabricksSimulator,
    credentials: await prepareCredentials(credentials),
    ...ports,
  });
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    simulators.close().then(
      () => process.exit(0), // what a client left open would keep it alive
      () => process.exit(1), // it ends all the same, and says that it did not end well
    );
  };
  process.on('SIGTERM', end);
  // A terminal sends Ctrl-C to everything that runs in it; with a parent it is the parent who ends things in order.
  process.on('SIGINT', guarded ? () => undefined : end);
  if (guarded) process.stdin.on('close', end).resume();
  process.stdout.write(json ? `${JSON.stringify(describeSimulators(simulators))}\n` : listSimulators(simulators));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

let options: Options;
try {
  options = readOptions();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n${usage}\n`);
  process.exit(64); // wrong usage; nothing has begun
}
try {
  await run(options);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1); // one simulator may stand already and would keep it alive
}
