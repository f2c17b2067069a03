// One session as the account sees it: who, as which role, where. Tokens are in session-store.ts.

export interface Session {
  readonly id: number;
  readonly user: string;
  role: string;
  /** [doc] roles besides the primary one; they never serve for CREATE. */
  secondaryRoles: 'ALL' | 'NONE';
  /** The last statement that succeeded here: LAST_QUERY_ID(). */
  lastQueryId: string | undefined;
  warehouse: string | undefined;
  database: string | undefined;
  schema: string | undefined;
  /** SET name = value. */
  readonly variables: Map<string, string>;
  /** Session parameters by name, in upper case. */
  readonly parameters: Map<string, string>;
}
