import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';

/** Where Temporal is, as `TEMPORAL_*` (and a profile file, if one is named) says. */
export interface TemporalAddress {
  readonly address: string;
  readonly namespace: string;
  /** Ready for `Connection.connect` and `NativeConnection.connect`. */
  readonly options: Omit<ClientConnectConfig['connectionOptions'], 'address'> & { readonly address: string };
}

/** The environment asks for a connection that is not safe, or does not make sense. */
export class TemporalRefused extends Error {
  readonly kind = 'invalid-request';
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.name = 'TemporalRefused';
    this.next = next;
  }
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

export function isLoopbackAddress(address: string): boolean {
  return loopback.test(address);
}

/**
 * Reads `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS...` and `TEMPORAL_PROFILE` as the SDK's envconfig does.
 * Default: `localhost:7233`, namespace `default`. Throws `TemporalRefused` for an address that is neither loopback nor TLS, or without host check.
 */
export function readTemporalAddress(environment: NodeJS.ProcessEnv): TemporalAddress {
  if (truthy(environment['TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'])) {
    throw new TemporalRefused(
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION is set: anyone on the way could pose as the server.',
      'Unset it, and trust the server by TEMPORAL_TLS_SERVER_CA_CERT_PATH.',
    );
  }
  const variables = Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const config = read(variables);
  const address = config.connectionOptions.address ?? 'localhost:7233';
  const { tls, apiKey, metadata } = config.connectionOptions;
  if (!isLoopbackAddress(address) && (tls === false || (!tls && apiKey === undefined))) {
    throw new TemporalRefused(
      `Temporal at ${address} is not on this machine and TLS is off.`,
      'Set TEMPORAL_TLS=true (and the certificate variables your server needs), or an address on loopback.',
    );
  }
  return {
    address,
    namespace: config.namespace ?? 'default',
    options: {
      address,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
    },
  };
}

function read(variables: Record<string, string>): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig({ overrideEnvVars: variables });
  } catch {
    // The library's own message may quote the file it read.
    throw new TemporalRefused(
      'The Temporal settings (TEMPORAL_* or the profile file) cannot be read.',
      'Check TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE and the TEMPORAL_TLS_* paths.',
    );
  }
}

function truthy(text: string | undefined): boolean {
  return text !== undefined && !['', '0', 'false', 'no'].includes(text.toLowerCase());
}
