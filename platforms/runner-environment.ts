// The environment of a runner is built, never inherited: the worker's environment is where secrets live. HOME and the working directory are a
// private folder, so no configuration of the operating user (connections.toml, easy logging) reaches the driver, and nothing it writes litters.
import { resolve } from 'node:path';

const inherited = ['PATH', 'TZ', 'LANG'] as const;

/** The whole environment of a runner whose private folder is `folder`. `parent` is read for a short allow-list only. */
export function runnerEnvironment(parent: NodeJS.ProcessEnv, folder: string): Record<string, string> {
  const environment: Record<string, string> = {
    HOME: folder,
    SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true', // else the import asks cloud metadata services and AWS STS who we are
    SF_TELEMETRY_DISABLE_CONNECTION_SHAPE: '1', // else every login is followed by a POST /telemetry/send
    SNOWFLAKE_DISABLE_MINICORE: '1', // else native code is loaded at import
    SF_OCSP_RESPONSE_CACHE_DIR: folder, // else ~/.cache/snowflake is made at import
  };
  for (const name of inherited) {
    const value = parent[name];
    if (value !== undefined) environment[name] = value;
  }
  const authorities = parent['NODE_EXTRA_CA_CERTS'];
  if (authorities !== undefined && authorities !== '') environment['NODE_EXTRA_CA_CERTS'] = resolve(authorities); // the runner has a working directory of its own
  return environment;
}
