import { expect, test } from 'vitest';
import { readWorkerConfig } from '../../worker/config.js';

const environment = { MOORING_CODEC_KEYS: '/keys/codec', MOORING_SCRIPT_KEYS: '/keys/script', MOORING_ALLOW_LOOPBACK: '1' };

test('a platform worker needs the hosts of one platform at least, and reads those of both', () => {
  const { MOORING_ALLOW_LOOPBACK: _loopback, ...strict } = environment;
  const hosts = { MOORING_SNOWFLAKE_HOSTS: 'acme.example.com', MOORING_DATABRICKS_HOSTS: 'lake.example.com,lake2.example.com' };
  const read = (value: Record<string, string>) => readWorkerConfig({ ...strict, ...value }, ['--role', 'platform']);

  expect(() => read({})).toThrow(/Neither MOORING_SNOWFLAKE_HOSTS nor MOORING_DATABRICKS_HOSTS is set/);
  expect(read(hosts)).toMatchObject({ snowflakeHosts: ['acme.example.com'], databricksHosts: ['lake.example.com', 'lake2.example.com'] });
  expect(read({ MOORING_DATABRICKS_HOSTS: 'lake.example.com' }).snowflakeHosts).toEqual([]);
});

test('token hosts are those of MOORING_TOKEN_HOSTS; none, or an empty value, means none besides the platform', () => {
  const hosts = (value: Record<string, string>) => readWorkerConfig({ ...environment, ...value }, []).tokenHosts;

  expect(hosts({ MOORING_TOKEN_HOSTS: 'login.example.com, idp.example.com,' })).toEqual(['login.example.com', 'idp.example.com']);
  expect(hosts({ MOORING_TOKEN_HOSTS: '' })).toEqual([]);
  expect(hosts({})).toEqual([]);
});
