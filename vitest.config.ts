import { defineConfig } from 'vitest/config';

// Tests run from dist/: every path (workflow bundle, runner process, failure converter) is then the one of the product.
export default defineConfig({
  test: {
    include: ['dist/test/**/*.test.js'],
    setupFiles: ['dist/test/quiet.setup.js'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', './dist/test/closing-line.js'],
  },
});
