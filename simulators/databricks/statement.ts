// What a parser makes of a text: what it is, told before it runs, and the way to run it.
import type { Access } from './access.js';
import type { Session } from './session.js';

export type Cell = string | number | boolean | Date | null;
export type Row = Readonly<Record<string, Cell>>;

/** Statements that change something answer without a result set. */
export interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Execution {
  readonly access: Access;
  readonly session: Session;
  /** Values that came beside the text: by name, or by place, counted from 1. */
  readonly parameters: ReadonlyMap<string | number, Cell>;
}

export interface Statement {
  /** The first keyword, in upper case. */
  readonly verb: string;
  /** What it is about, such as `CATALOG immuta`. */
  readonly object?: string;
  /** Changes nothing in the workspace. USE and SET change only the session and count as writes: a repeat is not a no-op. */
  readonly read: boolean;
  /** @throws SqlError when the vendor would refuse. */
  run(execution: Execution): Result | undefined;
}
