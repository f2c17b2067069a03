import type { Reporter, TestModule } from 'vitest/node';

/** What one run of one way to log in came to, as the simulators' ledger has it. */
export interface AuthenticationRow {
  readonly platform: string;
  readonly operation: 'register' | 'deregister';
  readonly systemAccount: string;
  readonly privilegedUser: string;
  readonly immuta: string;
  readonly outcome: string;
  readonly statements: number;
  readonly calls: number;
}

declare module 'vitest' {
  interface TaskMeta {
    authentications?: AuthenticationRow[];
  }
}

/** Prints one table of every authentication that the tests ran with, whichever files they stand in. */
export default class AuthenticationTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap((module) => [...module.children.allTests()].flatMap((test) => test.meta().authentications ?? []));
    if (rows.length === 0) return; // only other tests were asked for
    const inOrder = rows.toSorted((a, b) => rank(a) - rank(b)); // a platform's rows together; else as the tests stand
    const cells = inOrder.map((row) => [
      row.platform,
      row.operation,
      row.systemAccount,
      row.privilegedUser,
      row.immuta,
      row.outcome,
      String(row.statements),
      String(row.calls),
    ]);
    const heads = ['platform', 'operation', 'system account', 'privileged user', 'Immuta', 'outcome', 'statements', 'calls'];
    const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)));
    const lines = [heads, widths.map((width) => '-'.repeat(width)), ...cells].map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    );
    process.stdout.write(`\n${lines.join('\n')}\n\n`);
  }
}

function rank({ platform }: AuthenticationRow): number {
  return platform === 'Snowflake' ? 0 : 1;
}
