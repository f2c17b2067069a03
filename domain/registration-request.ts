import { z } from 'zod';
import { ConnectionKey } from './connection-key.js';
import { PlatformTarget } from './platform-target.js';
import { SecretReference } from './secret-reference.js';
import { Duration, Timing } from './timing.js';

/** How the worker proves itself to Immuta: the raw API key, the key exchanged for a token, or a token. */
export const ImmutaTarget = z.strictObject({
  url: z
    .string()
    .regex(/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/, 'must be the tenant address, such as https://acme.hosted.immutacloud.com')
    .transform((url) => url.replace(/\/+$/, '')),
  authentication: z.enum(['apiKey', 'exchange', 'bearer']).default('apiKey'),
  secret: SecretReference,
});
export type ImmutaTarget = z.infer<typeof ImmutaTarget>;

/** `automatic` runs at once if classes and worker allow it, `approval` waits for people, `external` lets a person run it elsewhere. */
export const ScriptPolicy = z.strictObject({
  policy: z.enum(['automatic', 'approval', 'external']).default('approval'),
  expiresAfter: Duration.default('72h'),
});
export type ScriptPolicy = z.infer<typeof ScriptPolicy>;

/** The input of `registerConnection` and `planConnection`: one manifest entry after defaults, who asks, and the timing. References only. */
export const RegistrationRequest = z.strictObject({
  connectionKey: ConnectionKey,
  immuta: ImmutaTarget,
  target: PlatformTarget,
  script: ScriptPolicy,
  requester: z.string().min(1).max(256),
  timing: Timing,
});
export type RegistrationRequest = z.infer<typeof RegistrationRequest>;
