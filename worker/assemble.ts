// Where ports meet adapters: the compiler proves here that they fit. Nothing else knows both sides.
import { createImmutaActivities, createPlatformActivities, type WorkerRules } from '../activities/index.js';
import type { OpenImmuta, OpenPlatform, ResolveSecret } from '../activities/ports.js';
import { ImmutaClient } from '../immuta/immuta-client.js';
import { platformOpener } from '../platforms/runner-pool.js';
import type { KeyRing } from '../secrets/key-ring.js';
import { createScriptSeal } from '../secrets/sealed-script.js';
import type { WorkerConfig } from './config.js';

export type Activities = ReturnType<typeof assemble>;

/** The activities of both task queues. Secrets are read at the moment of use, hosts are checked before anything is sent to them. */
export function assemble(config: WorkerConfig, environment: NodeJS.ProcessEnv, scriptKeys: KeyRing, resolveSecret: ResolveSecret) {
  const seal = createScriptSeal(scriptKeys);
  const rules: WorkerRules = { allowAutomatic: config.allowAutomatic, allowShortTiming: config.allowLoopback };
  const { allowLoopback } = config;

  const openImmuta: OpenImmuta = (target, signal) => {
    const allowedHosts = config.immutaHosts.length > 0 ? config.immutaHosts : 'loopback-only';
    return new ImmutaClient({ target, resolve: resolveSecret, signal, allowedHosts, allowLoopback });
  };
  const openPlatform: OpenPlatform = platformOpener({
    resolveSecret,
    environment,
    allowedHosts: config.snowflakeHosts,
    databricksHosts: config.databricksHosts,
    allowedTokenHosts: config.tokenHosts,
    allowLoopback,
    startAhead: config.role === 'workflows' ? [] : ['Snowflake'],
  });

  return {
    immuta: createImmutaActivities({ openImmuta, seal, resolveSecret }, rules),
    platform: createPlatformActivities({ openPlatform, seal, resolveSecret }, rules),
  };
}
