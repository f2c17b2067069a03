import { describe, expect, it } from 'vitest';
import type { PlatformTarget } from '../../domain/platform-target.js';
import { databaseOf, hasDatabase, isOnTarget } from '../../rules/platform-facts.js';

// What these rules may lean on: workflows ask them before anybody has applied defaults.
const snowflake = { technology: 'Snowflake', host: 'Acme.example.com', database: 'IMMUTA' } as PlatformTarget;
const databricks = { technology: 'Databricks', host: 'Lake.example.com', catalog: 'Immuta' } as PlatformTarget;

describe('the database of a target', () => {
  it('is a database as written on Snowflake, and a catalog in lower case on Databricks', () => {
    expect(databaseOf(snowflake)).toEqual({ kind: 'database', name: 'IMMUTA' });
    expect(databaseOf(databricks)).toEqual({ kind: 'catalog', name: 'immuta' });
  });

  it.each([
    [snowflake, 'IMMUTA', true],
    [snowflake, 'immuta', false],
    [snowflake, undefined, false],
    [databricks, 'immuta', true],
    [databricks, 'IMMUTA', true],
    [databricks, 'immuta_2', false],
  ])('is found by the name that Immuta shows (%#)', (target, shown, same) => {
    expect(hasDatabase(target, shown)).toBe(same);
  });
});

describe('an integration', () => {
  const integration = { type: 'Databricks', host: 'lake.example.com', database: 'Immuta' };

  it('is on the target when platform, host and catalog are the same', () => {
    expect(isOnTarget(databricks, integration)).toBe(true);
  });

  it.each([{ type: 'Snowflake' }, { host: 'other.example.com' }, { host: undefined }, { database: 'other' }])('is not with %j', (other) => {
    expect(isOnTarget(databricks, { ...integration, ...other })).toBe(false);
  });
});
