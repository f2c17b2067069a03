// What workflow code may reach by any path, however long. Apart from the arrows, because this looks at the compiled imports: a type-only import is gone
// by then, so that types of domain/ (whose schemas need zod) do not count, while an `import {} from`, which the bundler would follow, does.
import common, { node } from './.dependency-cruiser.mjs';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'sandbox-reaches-no-zod',
      comment: 'zod costs 600 KiB and 4 ms in every cached run, and bundles without a word',
      severity: 'error',
      from: { path: '^(workflows|rules)/' },
      to: { path: 'node_modules/zod/', reachable: true },
    },
    {
      name: 'sandbox-reaches-no-node',
      comment: 'the sandbox has no Node, and what replays may not ask the clock, the disk or the network',
      severity: 'error',
      from: { path: '^(workflows|rules)/' },
      to: { path: node, reachable: true },
    },
  ],
  options: { ...common.options, tsPreCompilationDeps: false, tsConfig: { fileName: 'tsconfig.json' } },
};
