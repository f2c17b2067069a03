// The only file that loads @databricks/sql, and the place where what it does of its own accord is switched off: it prints, listens for uncaught
// exceptions, reports telemetry and downloads results from other hosts. Its native "kernel" backend is never asked for.
import type { DBSQLClient } from '@databricks/sql';
import { installOutgoingGate, openGate } from '../outgoing-gate.js';
import type { OutgoingRule } from '../outgoing-gate.js';
import { leaveUnloaded } from '../unloaded-modules.js';

export type DriverClient = DBSQLClient;
export type DriverSession = Awaited<ReturnType<DBSQLClient['openSession']>>;
export type DriverOperation = Awaited<ReturnType<DriverSession['executeStatement']>>;

/** What @databricks/sql 2.1.0 loads at its start for things that no runner does. */
const unloaded = [
  'openid-client', // to fetch a token: bearer.ts does it
  'winston', // writes log files
];

let loading: Promise<typeof DBSQLClient> | undefined;

/** Loads the driver behind a gate that lets nothing leave. Once in a process. */
export async function preloadDriver(): Promise<typeof DBSQLClient> {
  loading ??= (async () => {
    installOutgoingGate(); // before the import: what a library keeps of Node's functions, it keeps guarded
    leaveUnloaded('@databricks/sql', unloaded);
    const { DBSQLClient } = await import('@databricks/sql');
    return DBSQLClient;
  })();
  return loading;
}

/** A silent client with `rule` in force from now on. It connects to nothing until a session is opened. */
export async function newClient(rule: OutgoingRule): Promise<DriverClient> {
  const Client = await preloadDriver();
  openGate(rule);
  return new Client({ logger: { log: () => undefined } }); // the default one prints, and takes the process's uncaught exceptions
}
