// An Immuta tenant on a loopback port: what it remembers, how it is switched, how it is forgotten.
import type { Faults } from '../faults.js';
import type { Ledger } from '../ledger.js';
import { listenOnLoopback } from '../loopback-server.js';
import type { Platforms } from '../simulated-platform.js';
import { Authenticator } from './authenticator.js';
import { serve } from './exchange.js';
import { showIntegration } from './integrations.js';
import type { Tenant } from './route.js';
import { State } from './state.js';
import { defaultSwitches, readSwitches } from './switches.js';
import type { Switches } from './switches.js';

export interface ImmutaOptions {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly platforms: Platforms;
  readonly apiKey: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly switches?: Partial<Switches>;
}

export interface ImmutaSimulator {
  readonly url: string;
  /** Sets switches by name. Throws a `Refusal` that names an unknown switch or a wrong value. */
  setSwitches(switches: unknown): Switches;
  /** Connections and integrations as they stand, without secrets. */
  objects(): { readonly connections: readonly unknown[]; readonly integrations: readonly unknown[] };
  /** Forgets every object and token; switches go back to those of the start. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts a tenant. Rejects if the port is taken. */
export async function startImmutaSimulator(options: ImmutaOptions): Promise<ImmutaSimulator> {
  const { ledger, faults, platforms } = options;
  const initial: Switches = { ...defaultSwitches, ...readSwitches(options.switches ?? {}) };
  const authenticator = new Authenticator(options.apiKey);
  const state = new State(ledger);
  const closing = new AbortController();
  let switches = initial;

  const tenant: Tenant = {
    state,
    authenticator,
    platforms,
    get switches() {
      return switches;
    },
    closing: closing.signal,
  };
  const server = await listenOnLoopback('immuta', options.port ?? 0, (request, response) => {
    serve(request, response, tenant, ledger, faults).catch(() => response.destroy()); // the caller or the simulator went away in the middle
  });

  return {
    url: server.url,
    setSwitches(wanted) {
      switches = { ...switches, ...readSwitches(wanted) };
      return switches;
    },
    objects: () => ({
      connections: [...state.connections.values()].map(({ objects, ...connection }) => ({ ...connection, children: objects.size })),
      integrations: [...state.integrations.values()].map((each) => showIntegration(each, switches)),
    }),
    reset() {
      state.reset();
      authenticator.forgetTokens();
      switches = initial;
    },
    async close() {
      closing.abort();
      state.reset();
      await server.close();
    },
  };
}
