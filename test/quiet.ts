import { DefaultLogger, Runtime } from '@temporalio/worker';

// Without this every worker in a test prints pages.
Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
});
