// The only file that loads snowflake-sdk, and the place where its side effects are switched off (those of its import by `runner-environment.ts`).
import type SnowflakeDriver from 'snowflake-sdk';
import type { Connection } from 'snowflake-sdk';
import { installOutgoingGate } from '../outgoing-gate.js';
import type { OutgoingRule } from '../outgoing-gate.js';

export type Driver = typeof SnowflakeDriver;
export type DriverConnection = Connection;

/** Loads the driver behind `rule`, silent. Once in a process. */
export async function loadDriver(rule: OutgoingRule, plainHttp: boolean): Promise<Driver> {
  installOutgoingGate(rule); // before the import: what a library keeps of Node's functions, it keeps guarded
  const { default: driver } = await import('snowflake-sdk');
  const silent = (): void => undefined;
  driver.configure({
    customLogger: { error: silent, warn: silent, info: silent, debug: silent, trace: silent }, // also keeps snowflake.log from being written
    jsonColumnVariantParser: parsedOrText, // else what is no JSON is evaluated as JavaScript
    ...(plainHttp ? { useEnvProxy: false } : {}), // a proxy would be asked for loopback too
  });
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
