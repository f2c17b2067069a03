import { defineConfig } from 'vitest/config';

/** What needs a Temporal server or a browser; everything else is a unit test and part of `npm run check`. */
const onTheServer = ['scenarios', 'faults', 'pages', 'replay', 'compose'].map((folder) => `dist/test/${folder}/**/*.test.js`);
const serverTests = [...onTheServer, 'dist/test/dev/temporal-server.test.js'];

// Tests run from dist/: every path (workflow bundle, runner process, failure converter) is then the one of the product.
export default defineConfig({
  test: {
    reporters: ['default', './dist/test/authentication-table.js', './dist/test/closing-line.js'],
    pool: 'forks',
    maxWorkers: 4, // they wait for timers and servers more than they compute
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['dist/test/**/*.test.js'], exclude: serverTests, setupFiles: ['dist/test/quiet.setup.js'] } },
      {
        extends: true,
        test: {
          name: 'server',
          // Whole runs with processes of their own: on a busy machine one of them has taken half a minute.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: serverTests,
          setupFiles: ['dist/test/quiet.setup.js'],
          globalSetup: ['dist/test/temporal.setup.js'],
        },
      },
    ],
  },
});
