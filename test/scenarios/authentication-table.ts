import type { RunResult, Stage } from './stage.js';

export interface Authenticated {
  readonly operation: 'register' | 'deregister';
  readonly systemAccount: string;
  readonly privilegedUser: string;
  readonly immuta: string;
}

/** What tests saw of each authentication, printed when they are done. */
export class AuthenticationTable {
  readonly #rows: string[][] = [];

  #last = { calls: 0, statements: 0 };

  /** Statements and calls are those of the ledger; a deregistration follows the registration that was noted before it, whose own are taken off. */
  async note(
    stage: Stage,
    { operation, systemAccount, privilegedUser, immuta }: Authenticated,
    { outcome = 'none' }: RunResult['json'],
  ): Promise<void> {
    const calls = (await stage.control.ledger()).filter(({ kind }) => kind === 'request').length;
    const statements = (await stage.control.statements()).length;
    const before = operation === 'deregister' ? this.#last : { calls: 0, statements: 0 };
    const own = [statements - before.statements, calls - before.calls].map(String);
    this.#rows.push([stage.platform, operation, systemAccount, privilegedUser, immuta, outcome, ...own]);
    this.#last = { calls, statements };
  }

  print(): void {
    if (this.#rows.length === 0) return; // only other tests were asked for
    const heads = ['platform', 'operation', 'system account', 'privileged user', 'Immuta', 'outcome', 'statements', 'calls'];
    const widths = heads.map((head, column) => Math.max(head.length, ...this.#rows.map((row) => row[column]?.length ?? 0)));
    const lines = [heads, widths.map((width) => '-'.repeat(width)), ...this.#rows].map((row) =>
      row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '),
    );
    process.stdout.write(`\n${lines.join('\n')}\n\n`);
  }
}
