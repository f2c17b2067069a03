// What Immuta is told about a platform; a third one is one more case here. Each platform's payloads are built in a file of its own, with all copies of
// a credential from one source, so that they cannot differ. The values returned hold secrets in clear: they live as long as one call.
import type { PlatformTarget } from '../domain/platform-target.js';
import { databricksConnectionPayload, databricksScriptPayload } from './databricks-payloads.js';
import type { Reveal } from './reveal.js';
import { snowflakeConnectionPayload, snowflakeScriptPayload } from './snowflake-payloads.js';

/** The body of `POST /integrations/scripts/create` and of `POST /integrations/scripts/cleanup`. */
export async function scriptPayload(target: PlatformTarget, reveal: Reveal) {
  switch (target.technology) {
    case 'Snowflake':
      return snowflakeScriptPayload(target, reveal);
    case 'Databricks':
      return databricksScriptPayload(target, reveal);
  }
}

/** The body of `POST /data/connection` and of `POST /data/connection/test`. */
export async function connectionPayload(connectionKey: string, target: PlatformTarget, reveal: Reveal) {
  const { isActive, activateNewChildren } = target.settings;
  return {
    connectionKey,
    settings: { isActive, ...(activateNewChildren === undefined ? {} : { activateNewChildren }) },
    options: { forceRecursiveCrawl: target.options.forceRecursiveCrawl },
    ...(await platformPayload(target, reveal)),
  };
}

function platformPayload(target: PlatformTarget, reveal: Reveal) {
  switch (target.technology) {
    case 'Snowflake':
      return snowflakeConnectionPayload(target, reveal);
    case 'Databricks':
      return databricksConnectionPayload(target, reveal);
  }
}
