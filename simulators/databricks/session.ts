import type { Principal } from './principals.js';

/** One session of the Thrift service. */
export interface Session {
  /** A UUID. */
  readonly id: string;
  readonly principal: Principal;
  catalog: string;
  schema: string;
  /** Session parameters by name in upper case, as OpenSession and SET gave them. */
  readonly parameters: Map<string, string>;
}

/** Completes a name from the session: 1 part for a catalog, 2 for a schema, 3 for what lies in a schema. */
export function qualify({ catalog, schema }: Session, name: readonly string[], parts: number): string[] {
  const container = [catalog, schema].slice(0, parts - 1);
  return [...container.slice(0, Math.max(0, parts - name.length)), ...name];
}
