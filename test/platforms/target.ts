// What a forked process of a test needs too: nothing here knows the test runner.
import { createHash } from 'node:crypto';
import { SnowflakeTarget } from '../../domain/snowflake-target.js';

export const password = 'canary-password-4711';

export function targetAt(port: number, changes: Readonly<Record<string, unknown>> = {}): SnowflakeTarget {
  return SnowflakeTarget.parse({
    technology: 'Snowflake',
    host: '127.0.0.1',
    port,
    warehouse: 'WH',
    database: 'IMMUTA',
    systemAccount: { authenticationType: 'keyPair', username: 'IMMUTA_SYSTEM_ACCOUNT', role: 'IMMUTA_SYSTEM', privateKey: 'env:UNUSED' },
    privilegedUser: { authenticationType: 'userPassword', username: 'ADMIN', role: 'ACCOUNTADMIN', password: 'env:PASSWORD' },
    ...changes,
  });
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
