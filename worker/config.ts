// All that a worker reads from its environment, read once.
import { readTemporalAddress, type TemporalAddress } from '../temporal/connection-options.js';
import { WorkerRefused } from './refusal.js';

export type Role = 'all' | 'workflows' | 'platform';

export interface WorkerConfig {
  readonly temporal: TemporalAddress;
  /** Workflows and Immuta; platform work is on `<it>-platform`. */
  readonly taskQueue: string;
  readonly role: Role;
  readonly codecKeysFile: string;
  readonly scriptKeysFile: string;
  readonly allowAutomatic: boolean;
  readonly allowLoopback: boolean;
  /** Names or prefixes (`IMMUTA_*`) a manifest may refer to by `env:`. */
  readonly secretNames: readonly string[];
  /** Folders a manifest may refer to by `file:`. */
  readonly secretFolders: readonly string[];
  readonly immutaHosts: readonly string[];
  readonly snowflakeHosts: readonly string[];
  readonly databricksHosts: readonly string[];
  /** Hosts of OAuth token endpoints. None: only the host of the platform itself. */
  readonly tokenHosts: readonly string[];
  readonly logLevel: string;
}

/** Throws `WorkerRefused` or `TemporalRefused`, each with the cure. */
export function readWorkerConfig(environment: NodeJS.ProcessEnv, argv: readonly string[]): WorkerConfig {
  refuseUnsafe(environment);
  const allowLoopback = environment['MOORING_ALLOW_LOOPBACK'] === '1';
  const config: WorkerConfig = {
    temporal: readTemporalAddress(environment),
    taskQueue: environment['MOORING_TASK_QUEUE'] ?? 'mooring',
    role: readRole(argv),
    codecKeysFile: required(
      environment,
      'MOORING_CODEC_KEYS',
      'It names a file with one keyId:base64(32 bytes) a line; payloads are always encrypted. `mooring dev` makes its own.',
    ),
    scriptKeysFile: required(environment, 'MOORING_SCRIPT_KEYS', 'It names a file with one keyId:base64(32 bytes) a line; only workers may read it.'),
    allowAutomatic: environment['MOORING_ALLOW_AUTOMATIC'] === '1',
    allowLoopback,
    secretNames: list(environment['MOORING_SECRET_ENV'] ?? 'MOORING_SECRET_*,IMMUTA_*,SNOWFLAKE_*,DATABRICKS_*'),
    secretFolders: list(environment['MOORING_SECRET_DIR'] ?? '/run/secrets'),
    immutaHosts: list(environment['MOORING_IMMUTA_HOSTS']),
    snowflakeHosts: list(environment['MOORING_SNOWFLAKE_HOSTS']),
    databricksHosts: list(environment['MOORING_DATABRICKS_HOSTS']),
    tokenHosts: list(environment['MOORING_TOKEN_HOSTS']),
    logLevel: environment['MOORING_LOG_LEVEL'] ?? 'info',
  };
  if (!allowLoopback) refuseAnyHost(config);
  return config;
}

function refuseAnyHost({ role, immutaHosts, snowflakeHosts, databricksHosts }: WorkerConfig): void {
  if (role !== 'platform' && immutaHosts.length === 0) {
    throw new WorkerRefused(
      'usage',
      'MOORING_IMMUTA_HOSTS is not set: this worker would send its key to any host a manifest names.',
      'Set it to the exact hosts of your Immuta tenants, separated by commas.',
    );
  }
  if (role !== 'workflows' && snowflakeHosts.length === 0 && databricksHosts.length === 0) {
    throw new WorkerRefused(
      'usage',
      'Neither MOORING_SNOWFLAKE_HOSTS nor MOORING_DATABRICKS_HOSTS is set: this worker would have no platform it may log in to.',
      'Set them to the exact hosts of your Snowflake accounts and Databricks workspaces, separated by commas.',
    );
  }
}

function refuseUnsafe(environment: NodeJS.ProcessEnv): void {
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    throw new WorkerRefused(
      'usage',
      'NODE_TLS_REJECT_UNAUTHORIZED=0 lets anyone on the way pose as Immuta or as a platform.',
      'Unset it, and trust a private CA by NODE_EXTRA_CA_CERTS.',
    );
  }
}

function readRole(argv: readonly string[]): Role {
  const at = argv.indexOf('--role');
  const role = at === -1 ? 'all' : argv[at + 1];
  if (role === 'all' || role === 'workflows' || role === 'platform') return role;
  throw new WorkerRefused('usage', `--role ${role ?? ''} is not a role.`, 'Use --role all, workflows or platform.');
}

function required(environment: NodeJS.ProcessEnv, name: string, meaning: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new WorkerRefused('usage', `${name} is not set.`, meaning);
  return value;
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
