import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecidedPlan, JsonValue } from '../../sql/digest.js';
import { canonicalJson, digestOf, planDigest, planSha256, sha256Hex } from '../../sql/digest.js';

const plan: DecidedPlan = {
  namespace: 'default',
  workflowId: 'connection/acme.hosted.immutacloud.com/snow_prod',
  firstRunId: 'run-1',
  operation: 'register',
  immutaHost: 'acme.hosted.immutacloud.com',
  bootstrapSha256: 'a'.repeat(64),
  cleanupSha256: 'b'.repeat(64),
  statementHashes: { bootstrap: ['c'.repeat(64), 'd'.repeat(64)], cleanup: ['e'.repeat(64)] },
  target: { platform: 'Snowflake', host: 'acme.snowflakecomputing.com', database: 'IMMUTA' },
  privilegedUser: { username: 'ADMIN', privateKey: 'file:/run/secrets/admin.p8' },
  registration: { settings: { isActive: false } },
  integrationId: null,
  childCeiling: null,
  requester: 'requester@example.com',
  expiresAfter: '72h',
};

/** One other value for each field. */
const changes: { readonly [Field in keyof DecidedPlan]: DecidedPlan[Field] } = {
  namespace: 'other',
  workflowId: 'connection/acme.hosted.immutacloud.com/other',
  firstRunId: 'run-2',
  operation: 'deregister',
  immutaHost: 'other.hosted.immutacloud.com',
  bootstrapSha256: null,
  cleanupSha256: null,
  statementHashes: { bootstrap: ['c'.repeat(64)], cleanup: ['d'.repeat(64), 'e'.repeat(64)] },
  target: { platform: 'Snowflake', host: 'acme.snowflakecomputing.com', database: 'OTHER' },
  privilegedUser: { username: 'ADMIN', privateKey: 'file:/run/secrets/other.p8' },
  registration: { settings: { isActive: true } },
  integrationId: 7,
  childCeiling: 100,
  requester: 'other@example.com',
  expiresAfter: '73h',
};
const ofTheRun = ['namespace', 'workflowId', 'firstRunId', 'requester', 'expiresAfter'];

describe('a digest', () => {
  it.each(Object.keys(changes))('changes with %s', (field) => {
    const changed = { ...plan, [field]: changes[field as keyof DecidedPlan] };

    expect(planDigest(changed)).not.toBe(planDigest(plan));
    expect(planSha256(changed) !== planSha256(plan)).toBe(!ofTheRun.includes(field));
  });

  it('does not depend on the order of fields, nor on fields it does not know', () => {
    const reversed = Object.fromEntries(Object.entries(plan).reverse()) as unknown as DecidedPlan;

    expect(planDigest({ ...reversed, extra: 1 } as DecidedPlan)).toBe(planDigest(plan));
    expect(planDigest(plan)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('of a known plan stays what it was: decisions on record name it', () => {
    expect(digestOf({ version: 1, a: [true, null, 'x'] })).toBe(sha256Hex('{"a":[true,null,"x"],"version":1}'));
    expect(planDigest(plan)).toBe('8d54a961b159b2a5ff0e29487cbdc0a18a1955a6802c66c89d561c20f227818f');
    expect(planSha256(plan)).toBe('7bd8edeeabc32e90b87463fe9a9dcf1323189c2b262b18a9f60b15e40fc725d3');
  });
});

describe('canonical JSON', () => {
  it('writes the example of RFC 8785', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };

    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts keys by their UTF-16 units', () => {
    expect(canonicalJson({ '\ufb33': 1, '\u{1f600}': 2, '\u20ac': 3, '\r': 4, '1': 5, ö: 6 })).toBe('{"\\r":4,"1":5,"ö":6,"€":3,"😀":2,"\ufb33":1}');
  });

  it('means the same value as plain JSON, whatever the value', () => {
    const wellFormed = fc.jsonValue().filter((value) => !/\\ud[89a-f]/i.test(JSON.stringify(value)));

    fc.assert(
      fc.property(wellFormed, (value) => {
        expect(JSON.parse(canonicalJson(value as JsonValue))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  const circular: unknown[] = [];
  circular.push(circular);
  it.each<[string, unknown]>([
    ['undefined', { a: undefined }],
    ['a function', [() => 1]],
    ['a symbol as key', { [Symbol('a')]: 1 }],
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['infinity', [Number.POSITIVE_INFINITY]],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a hole in an array', Array(2)],
    ['half a surrogate pair', ['\ud83d']],
    ['half a surrogate pair in a key', { '\ud83d': 1 }],
    ['a value that holds itself', circular],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value as JsonValue)).toThrow(TypeError);
  });

  it('says where the stranger stands', () => {
    expect(() => canonicalJson({ a: [{ b: undefined }] } as unknown as JsonValue)).toThrow('$.a[0].b');
  });
});

it('hashes the UTF-8 bytes of a text, and refuses half a surrogate pair', () => {
  expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256Hex('€')).toBe('c4cc90ed3d26f12d4b08a75140970a7904035c31cbb4515a83f19b9003c00d1d');
  expect(() => sha256Hex('\ud83d')).toThrow(TypeError);
});
