import { expect, test } from 'vitest';
import { readWorkerConfig } from '../../worker/config.js';

const environment = { MOORING_CODEC_KEYS: '/keys/codec', MOORING_SCRIPT_KEYS: '/keys/script', MOORING_ALLOW_LOOPBACK: '1' };

test('token hosts are those of MOORING_TOKEN_HOSTS; none, or an empty value, means none besides the platform', () => {
  const hosts = (value: Record<string, string>) => readWorkerConfig({ ...environment, ...value }, []).tokenHosts;

  expect(hosts({ MOORING_TOKEN_HOSTS: 'login.example.com, idp.example.com,' })).toEqual(['login.example.com', 'idp.example.com']);
  expect(hosts({ MOORING_TOKEN_HOSTS: '' })).toEqual([]);
  expect(hosts({})).toEqual([]);
});
