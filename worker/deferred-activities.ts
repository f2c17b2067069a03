// The activities of both task queues by name, before they are loaded. They and all they lean on are a fifth of a worker's start, and none is due before
// a workflow has had its first task: so a worker polls first, and loads them then. A call that comes sooner waits.
import type { Activities } from './assemble.js';

/** `load` is asked at every call, and gives the same activities each time. */
export function deferredActivities(load: () => Promise<Activities>): Activities {
  const immuta = async () => (await load()).immuta;
  const platform = async () => (await load()).platform;
  return {
    immuta: {
      checkImmuta: async (...args) => (await immuta()).checkImmuta(...args),
      preparePlan: async (...args) => (await immuta()).preparePlan(...args),
      prepareRemoval: async (...args) => (await immuta()).prepareRemoval(...args),
      createConnection: async (...args) => (await immuta()).createConnection(...args),
      deleteConnection: async (...args) => (await immuta()).deleteConnection(...args),
      awaitIntegration: async (...args) => (await immuta()).awaitIntegration(...args),
      deleteIntegration: async (...args) => (await immuta()).deleteIntegration(...args),
      inspectRegistration: async (...args) => (await immuta()).inspectRegistration(...args),
    },
    platform: {
      checkPlatform: async (...args) => (await platform()).checkPlatform(...args),
      preflightPlatform: async (...args) => (await platform()).preflightPlatform(...args),
      runScript: async (...args) => (await platform()).runScript(...args),
      inspectPlatform: async (...args) => (await platform()).inspectPlatform(...args),
    },
  };
}
