// The only file that loads snowflake-sdk, and the place where its side effects are switched off (those of its import by `runner-environment.ts`).
import type SnowflakeDriver from 'snowflake-sdk';
import type { Connection } from 'snowflake-sdk';
import { installOutgoingGate, openGate } from '../outgoing-gate.js';
import type { OutgoingRule } from '../outgoing-gate.js';
import { leaveUnloaded } from '../unloaded-modules.js';

export type Driver = typeof SnowflakeDriver;
export type DriverConnection = Connection;

/** What snowflake-sdk 3.3.0 loads at its start for things that no runner does. */
const unloaded = [
  './lib/file_transfer_agent/file_transfer_agent.js', // PUT and GET: reads and writes files of this machine, by way of three clouds
  './lib/authentication/auth_workload_identity/index.js', // asks the cloud this machine runs in who it is
  '@aws-sdk/client-sts', // so does the detection of the platform
  'generic-pool', // of connections
  'open', // a web browser, to log in by
  'winston', // writes log files
];

let loading: Promise<Driver> | undefined;

/** Loads the driver, silent, behind a gate that lets nothing leave. Once in a process. */
export async function preloadDriver(): Promise<Driver> {
  loading ??= (async () => {
    installOutgoingGate(); // before the import: what a library keeps of Node's functions, it keeps guarded
    leaveUnloaded('snowflake-sdk', unloaded);
    const { default: driver } = await import('snowflake-sdk');
    const silent = (): void => undefined;
    driver.configure({
      customLogger: { error: silent, warn: silent, info: silent, debug: silent, trace: silent }, // also keeps snowflake.log from being written
      jsonColumnVariantParser: parsedOrText, // else what is no JSON is evaluated as JavaScript
    });
    return driver;
  })();
  return loading;
}

/** The driver with `rule` in force from now on. */
export async function loadDriver(rule: OutgoingRule, plainHttp: boolean): Promise<Driver> {
  const driver = await preloadDriver();
  openGate(rule);
  if (plainHttp) driver.configure({ useEnvProxy: false }); // a proxy would be asked for loopback too
  return driver;
}

/** Never throws: an error in here would end the process, not the statement. */
function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
