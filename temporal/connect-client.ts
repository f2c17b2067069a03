import { Client } from '@temporalio/client/lib/client.js';
import { Connection } from '@temporalio/client/lib/connection.js';
import { readTemporalAddress } from './connection-options.js';
import { createDataConverter } from './data-converter.js';
import type { EncryptionKeys } from './encryption-codec.js';

/** Nobody answers where Temporal should be. */
export class TemporalUnavailable extends Error {
  readonly kind = 'unreachable';
  readonly next = 'Start one with `mooring dev`, or set TEMPORAL_ADDRESS to a running server.';

  constructor(address: string) {
    super(`No Temporal server answers at ${address}.`);
    this.name = 'TemporalUnavailable';
  }
}

export interface TemporalClient {
  readonly client: Client;
  readonly address: string;
  readonly namespace: string;
  close(): Promise<void>;
}

/** Longer than a healthy server on another continent needs, short enough for a person who mistyped the address. */
const connectTimeoutMs = 5_000;

/** Connects as `TEMPORAL_*` says. No payload can be read or written by it. Throws `TemporalRefused` or `TemporalUnavailable`. */
export async function connectTemporal(environment: NodeJS.ProcessEnv) {
  const { address, namespace, options } = readTemporalAddress(environment);
  const connection = await Connection.connect({ ...options, connectTimeout: connectTimeoutMs }).catch(() => {
    throw new TemporalUnavailable(address);
  });
  return { connection, address, namespace };
}

/** As `connectTemporal`, with the payload codec on. */
export async function connectClient(environment: NodeJS.ProcessEnv, keys: EncryptionKeys): Promise<TemporalClient> {
  const { connection, address, namespace } = await connectTemporal(environment);
  const client = new Client({ connection, namespace, dataConverter: createDataConverter(keys, namespace) });
  return { client, address, namespace, close: () => connection.close() };
}
