import { expect, test } from 'vitest';
import type { ImmutaPort, OpenImmuta, PortError } from '../../activities/ports.js';
import { ImmutaClient } from '../../immuta/immuta-client.js';
import { ImmutaError } from '../../immuta/immuta-error.js';
import { clientOf, resolveSecret } from './tenant-server.js';

test('the client meets the port of the activities, and its error is a port error', () => {
  const open: OpenImmuta = (target, signal) => new ImmutaClient({ target, resolve: resolveSecret, signal, allowedHosts: ['acme.example.com'] });
  const port: ImmutaPort = clientOf('https://acme.example.com');
  const error: PortError = new ImmutaError('timeout', 'message', { next: 'next' });

  expect(
    open({ url: 'https://acme.example.com', authentication: 'apiKey', secret: 'env:IMMUTA_API_KEY' }, new AbortController().signal),
  ).toBeInstanceOf(ImmutaClient);
  expect(port.clockSkewMs).toBe(0);
  expect(error).toMatchObject({ kind: 'timeout', message: 'message', next: 'next', ambiguous: false });
});
