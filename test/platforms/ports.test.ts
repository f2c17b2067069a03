import { expectTypeOf, test } from 'vitest';
import type * as ports from '../../activities/ports.js';
import type { PlatformError } from '../../platforms/platform-error.js';
import type { platformOpener } from '../../platforms/runner-pool.js';
import type { ObjectState, StatementRecord } from '../../platforms/runner-messages.js';

// The compiler is the judge; the tests only give each promise a name.

test('platformOpener gives what the activities call OpenPlatform', () => {
  expectTypeOf<ReturnType<typeof platformOpener>>().toExtend<ports.OpenPlatform>();
});

test('a PlatformError is a PortError', () => {
  expectTypeOf<PlatformError>().toExtend<ports.PortError>();
});

test('what crosses from the runner has exactly the shapes of the ports', () => {
  expectTypeOf<ObjectState>().toEqualTypeOf<ports.ObjectState>();
  expectTypeOf<StatementRecord>().toEqualTypeOf<ports.StatementRecord>();
});

test('the options take the secret resolver of the ports', () => {
  expectTypeOf<ports.ResolveSecret>().toExtend<Parameters<typeof platformOpener>[0]['resolveSecret']>();
});
