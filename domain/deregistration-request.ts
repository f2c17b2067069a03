import { z } from 'zod';
import { StandingConnectionKey } from './connection-key.js';
import { RegistrationRequest } from './registration-request.js';

/** The input of `deregisterConnection`, and of `planConnection` for it: the same manifest entry, under any key that Immuta may hold. References only. */
export const DeregistrationRequest = RegistrationRequest.extend({
  operation: z.literal('deregister'),
  connectionKey: StandingConnectionKey,
  /** Names the integration by hand, where Immuta's own link is missing and several could be meant. */
  integrationId: z.int().positive().optional(),
});
export type DeregistrationRequest = z.infer<typeof DeregistrationRequest>;

/** What the steps take that both operations share. */
export type ConnectionRequest = RegistrationRequest | DeregistrationRequest;
