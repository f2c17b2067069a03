import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registration, scriptRequest, startTenant } from './tenant.js';
import type { TestTenant } from './tenant.js';

type Fields = Readonly<Record<string, unknown>>;

/** Every path to a value inside a payload, leaves and objects alike. */
function paths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, each]) => paths(each, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const fields = Object.entries(value as Fields).map(([name, each]) => [name, name === key ? replaced(each, rest, by) : each] as const);
  return Object.fromEntries(fields.filter(([, each]) => each !== undefined));
}

describe('the strictness of the simulator of Immuta', () => {
  let tenant: TestTenant;
  beforeAll(async () => {
    tenant = await startTenant();
  });
  afterAll(() => tenant.immuta.close());

  it('refuses or answers whatever it is sent, and never fails at it', async () => {
    const place = fc.constantFrom(
      'POST /bim/apikey/authenticate',
      'POST /integrations/scripts/create',
      'POST /integrations/scripts/cleanup',
      'POST /integrations/1/scripts/delete',
      'DELETE /integrations/1',
      'POST /data/connection',
      'POST /data/connection/test',
      'PUT /data/connection/x',
      'PUT /data/settings/x',
      'POST /data/object/search',
      'POST /jobs/statuses',
    );

    await fc.assert(
      fc.asyncProperty(place, fc.jsonValue(), async (where, body) => {
        const [method = '', path = ''] = where.split(' ');

        const { status } = await tenant.call(method, path, JSON.stringify(body));

        expect(status).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  });

  const mutable = paths(registration());

  it.each(mutable.map((path) => [path.join('.'), path] as const))(
    'refuses a registration whose %s is of a wrong type, and registers none without it',
    async (_name, path) => {
      const wrong = await tenant.call('POST', '/data/connection', replaced(registration(), path, [{ surprise: 1 }]));
      const missing = await tenant.call('POST', '/data/connection', replaced(registration(), path, undefined));

      expect(wrong.status).toBe(400);
      expect([400, 422]).toContain(missing.status); // what is optional may be missing; nothing was bootstrapped here
    },
  );

  it('refuses a stranger at every level of a script request', async () => {
    for (const path of [[], ['config'], ['config', 'privateKey'], ['config', 'audit'], ['config', 'impersonation']]) {
      const inner = path.reduce<unknown>((value, key) => (value as Fields)[key], scriptRequest());

      const { status } = await tenant.call(
        'POST',
        '/integrations/scripts/create',
        replaced(scriptRequest(), path, { ...(inner as Fields), surprise: 1 }),
      );

      expect({ path, status }).toEqual({ path, status: 400 });
    }
  });
});
