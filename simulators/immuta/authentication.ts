import { json } from './answer.js';
import { object, text } from './payload-rules.js';
import type { Route } from './route.js';

const apiKeyBody = object({ apikey: text });

export const authenticationRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/bim/apikey/authenticate',
    read: true,
    permissions: 'anyone',
    answer({ payload, authorization }, { authenticator, switches }) {
      const apiKey = payload === undefined && authorization !== undefined ? authorization : apiKeyBody(payload ?? {}, '').apikey;
      return json({ authenticated: true, ...authenticator.exchange(apiKey, switches.tokenLifetimeMs) });
    },
  },
];
