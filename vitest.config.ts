import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const model = 'dist/test/faults/model/**/*.test.js';

/** What needs a Temporal server or a browser. */
const onTheServer = [
  ...['scenarios', 'faults/kills', 'pages', 'replay', 'compose'].map((folder) => `dist/test/${folder}/**/*.test.js`),
  'dist/test/dev/temporal-server.test.js',
];

/** What starts processes by the dozen and waits for their ends. Everything else is a unit test, and these alone are part of `npm run check`. */
const withProcesses = [
  'dist/test/platforms/{death,environment,execute,forgetting,login,looking,preflight,reuse,simulator,spare-runner,starting,tokens}.test.js',
  'dist/test/platforms/databricks/{death,preflight,session}.test.js',
  'dist/test/client/command-line.test.js',
  'dist/test/dev/guardian.test.js',
  'dist/test/simulators/main.test.js',
];

/** What takes longest, in this order: begun last, one of them would run alone on a machine with nothing else to do. */
const longest = ['model', 'kills', 'hazards', 'unknown', 'deregister', 'large-scripts', 'deregister-failures', 'crash', 'external', 'cancel'];

class LongestFirst extends BaseSequencer {
  /** Over all projects: what waits for timers runs beside what computes. Then whole runs: a process that comes to another project ends, and its stage with it. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const place = longest.indexOf(basename(moduleId, '.test.js'));
      if (place >= 0) return place;
      return project.name === 'server' ? longest.length : longest.length + 1;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

delete process.env['NODE_EXTRA_CA_CERTS']; // on Node 20 it costs each of a thousand processes 30 ms; no test speaks to anybody but this machine

// Tests run from dist/: every path (workflow bundle, runner process, failure converter) is then the one of the product.
export default defineConfig({
  test: {
    reporters: ['default', './dist/test/authentication-table.js', './dist/test/closing-line.js'],
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    server: { deps: { external: [/\/dist\/(?!test\/)/] } }, // the product is loaded by Node itself
    isolate: false, // a process runs one file after the other: to start it costs more than most files
    maxWorkers: 5, // they wait for timers and servers more than they compute
    testTimeout: 120_000, // what hangs ends; a machine that is slow and busy has needed ten times what a test takes
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['dist/test/**/*.test.js'], exclude: [...onTheServer, ...withProcesses, model] } },
      { extends: true, test: { name: 'processes', include: withProcesses } },
      { extends: true, test: { name: 'model', include: [model], isolate: true, testTimeout: 600_000 } }, // it replaces clocks and modules
      {
        extends: true,
        test: {
          name: 'server',
          testTimeout: 300_000, // whole runs, with processes of their own
          hookTimeout: 300_000,
          include: onTheServer,
          globalSetup: ['dist/test/temporal.setup.js'],
        },
      },
    ],
  },
});
