// The simulators as a program. It says where they listen and which credentials work, and ends on SIGTERM, on SIGINT, and with `--guarded` when its
// standard input closes, which is how a child learns that its parent is gone.
import { parseArgs } from 'node:util';
import { describeSimulators, listSimulators } from './announcement.js';
import { prepareCredentials } from './credentials.js';
import { startSnowflakeSimulator } from './snowflake/server.js';
import { startSimulators } from './start.js';

const usage = `usage: simulators [--json] [--guarded] [--credentials <folder>] [--immuta-port <n>] [--snowflake-port <n>] [--control-port <n>]
  --json         one JSON object on one line when ready
  --guarded      end when standard input closes
  --credentials  keep keys and passwords in this folder; what is missing there is made
  ports          0 or absent: any free one`;

function portOf(text: string | undefined, name: string): number {
  const port = Number(text ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError(`--${name} needs a port from 0 to 65535, not "${text}".`);
  return port;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      guarded: { type: 'boolean', default: false },
      credentials: { type: 'string' },
      'immuta-port': { type: 'string' },
      'snowflake-port': { type: 'string' },
      'control-port': { type: 'string' },
    },
  });
  const simulators = await startSimulators({
    snowflake: startSnowflakeSimulator,
    credentials: await prepareCredentials(values.credentials),
    immutaPort: portOf(values['immuta-port'], 'immuta-port'),
    snowflakePort: portOf(values['snowflake-port'], 'snowflake-port'),
    controlPort: portOf(values['control-port'], 'control-port'),
  });
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    simulators.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (values.guarded) process.stdin.on('close', end).resume();
  process.stdout.write(values.json ? `${JSON.stringify(describeSimulators(simulators))}\n` : listSimulators(simulators));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exit(64);
}
