// `mooring doctor` as people run it, on a stage of its own; and what a person does with a cure: paste it.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asAccountAdmin } from './account-admin.js';
import { runCommand } from './run-command.js';
import { sharedStage } from './shared-stage.js';
import type { Stage } from './stage.js';

export interface Found {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly cure: string;
}

export interface Doctor {
  readonly exitCode: number | null;
  readonly checks: readonly Found[];
  of(name: string): Found | undefined;
  /** The names of all checks with this status. */
  named(status: string): string[];
}

export class Practice {
  readonly stage: Stage;
  /** Everything that was printed so far. */
  #printed = '';

  static async open(): Promise<Practice> {
    return new Practice(await sharedStage());
  }

  private constructor(stage: Stage) {
    this.stage = stage;
  }

  /** Everything as it was at the start. */
  async reset(): Promise<void> {
    this.stage.platform = 'Snowflake';
    await this.stage.control.reset();
  }

  async doctor(key?: string, environment: Readonly<Record<string, string>> = {}): Promise<Doctor> {
    const args = ['doctor', ...(key === undefined ? [] : [key]), '--json'];
    const { folder, sandbox } = this.stage;
    const result = await runCommand(args, { folder, environment: { ...sandbox.commandEnvironment, ...environment } });
    this.#printed += result.stdout + result.stderr;
    const { checks } = JSON.parse(result.stdout) as { checks: readonly Found[] };
    return {
      exitCode: result.exitCode,
      checks,
      of: (name) => checks.find((check) => check.name === name),
      named: (status) => checks.filter((check) => check.status === status).map(({ name }) => name),
    };
  }

  /** Runs a statement as the account's administrator, past Mooring. */
  async asAdmin(sqlText: string): Promise<void> {
    await asAccountAdmin(this.stage.sandbox, sqlText);
  }

  /** How many lines of secrets were looked for in everything that was printed, and those that were found. */
  async secretsPrinted(): Promise<{ readonly soughtIn: number; readonly sought: number; readonly found: readonly string[] }> {
    const { secretFolder } = this.stage.sandbox;
    const files = await readdir(secretFolder);
    const secrets = await Promise.all(files.map(async (file) => (await readFile(join(secretFolder, file), 'utf8')).trim()));
    const lines = secrets.flatMap((secret) => secret.split('\n')).filter((line) => line.length >= 12 && !line.startsWith('-----'));
    return { soughtIn: this.#printed.length, sought: lines.length, found: lines.filter((line) => this.#printed.includes(line)) };
  }
}

/** The statement of a cure: what stands behind the words that say who can run it. */
export function pasted(check: Found | undefined): string {
  const [, statement = ''] = /: ((?:GRANT|ALTER) .*);$/.exec(check?.cure ?? '') ?? [];
  return statement;
}
