// What differs from one platform to another: the keys of its payloads, its scripts, and what has to exist before it can be registered.
import type { Platforms } from '../simulated-platform.js';
import type { Rule } from './payload-rules.js';
import type { Switches } from './switches.js';

/** One line of `validationResults`, as Immuta shows it. */
export interface ValidationTest {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly message?: string;
  readonly result: readonly unknown[];
}

/** A field both steps of a registration must send alike, by a hash: secrets are compared, never kept. */
export type Agreement = Readonly<Record<string, string>>;

/** A valid `config` of an integration. */
export interface RequestedIntegration {
  readonly type: string;
  /** Lower case, with the port unless it is 443. */
  readonly account: string;
  readonly database: string;
  /** As it is read back: without secrets. */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly agreement: Agreement;
  readonly cleanupScript: string;
  /** @throws Refusal when the platform has to be asked for something and does not know it. */
  bootstrapScript(switches: Switches, platforms: Platforms): string;
  validate(platforms: Platforms): readonly ValidationTest[];
}

/** A valid `connection`. */
export interface RequestedConnection {
  readonly technology: string;
  readonly shown: Readonly<Record<string, unknown>>;
  readonly agreement: Agreement;
  validate(platforms: Platforms): readonly ValidationTest[];
}

/** The script endpoints and the registration ask for an integration alike, but not with the same keys. */
export type Step = 'script' | 'connection';

export interface Technology {
  readonly name: string;
  /** What stands beside `type`, `autoBootstrap` and `config`. */
  envelope(step: Step): Readonly<Record<string, Rule<unknown>>>;
  integration(step: Step, switches: Switches): Rule<RequestedIntegration>;
  readonly connection: Rule<RequestedConnection>;
}
