import { expect, test } from 'vitest';
import type { Activities } from '../../worker/assemble.js';
import { deferredActivities } from '../../worker/deferred-activities.js';

test('an activity that is called before it is loaded waits, and is then carried out with what it was called with', async () => {
  let loaded: (activities: Activities) => void = () => undefined;
  const { immuta } = deferredActivities(() => new Promise((resolve) => (loaded = resolve)));
  const input = { integrationId: 7 };

  const called = (immuta.deleteIntegration as (input: unknown) => Promise<unknown>)(input);
  loaded({ immuta: { deleteIntegration: async (given: unknown) => ['deleted', given] } } as unknown as Activities);

  expect(await called).toEqual(['deleted', input]);
});
