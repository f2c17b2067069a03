// All simulators in one process, joined: they share one ledger and one set of faults, and Immuta looks at the platform before it registers it.
import { reset, startControl } from './control.js';
import type { Controlled } from './control.js';
import { platformUsers, prepareCredentials, workspacePrincipals } from './credentials.js';
import type { Credentials } from './credentials.js';
import { Faults } from './faults.js';
import { startImmutaSimulator } from './immuta/server.js';
import type { Switches } from './immuta/switches.js';
import { Ledger } from './ledger.js';
import type { StartPlatform, StartWorkspace } from './simulated-platform.js';

export interface SimulatorOptions {
  readonly snowflake: StartPlatform;
  readonly databricks: StartWorkspace;
  /** Made when absent. */
  readonly credentials?: Credentials;
  readonly switches?: Partial<Switches>;
  /** 0 or absent: any free port. */
  readonly immutaPort?: number;
  readonly snowflakePort?: number;
  readonly databricksPort?: number;
  readonly controlPort?: number;
}

export interface Simulators extends Controlled {
  readonly control: { readonly url: string };
  readonly credentials: Credentials;
  /** Everything back to how it was at start: objects, switches, faults, ledger. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts all simulators on loopback. Rejects, with nothing left running, if a port is taken. */
export async function startSimulators(options: SimulatorOptions): Promise<Simulators> {
  const credentials = options.credentials ?? (await prepareCredentials());
  const ledger = new Ledger();
  const faults = new Faults();
  const running: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((each) => each.close()));
  };
  const started = <T extends { close(): Promise<void> }>(simulator: T): T => {
    running.push(simulator);
    return simulator;
  };
  try {
    const users = platformUsers(credentials);
    const snowflake = started(
      await options.snowflake({ ledger, faults, users, warehouses: [credentials.warehouse], port: options.snowflakePort ?? 0 }),
    );
    const principals = workspacePrincipals(credentials);
    const databricks = started(await options.databricks({ ledger, faults, principals, port: options.databricksPort ?? 0 }));
    const immuta = started(
      await startImmutaSimulator({
        ledger,
        faults,
        platforms: { snowflake, databricks },
        apiKey: credentials.immutaApiKey,
        port: options.immutaPort ?? 0,
        switches: options.switches ?? {},
      }),
    );
    const controlled: Controlled = { ledger, faults, immuta, snowflake, databricks };
    const control = started(await startControl(controlled, options.controlPort ?? 0));
    return { ...controlled, control, credentials, reset: () => reset(controlled), close };
  } catch (error) {
    await close();
    throw error;
  }
}
