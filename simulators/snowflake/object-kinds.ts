// The kinds of objects this account knows, where they live, what creating one needs and what can be granted on one.
// Privileges: [doc] docs.snowflake.com/en/user-guide/security-access-control-privileges (a subset: what governance scripts grant).

export type ObjectLevel = 'account' | 'database' | 'schema';

export interface ObjectKind {
  readonly name: string;
  readonly plural: string;
  readonly level: ObjectLevel;
  /** Held on the account, the database or the schema that the new object goes into. */
  readonly createPrivilege: string;
  readonly privileges: readonly string[];
  /** Carries argument types in its name. */
  readonly callable?: true;
}

const tablePrivileges = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'REBUILD', 'APPLYBUDGET', 'EVOLVE SCHEMA'];

export const schemaObjectKinds: readonly ObjectKind[] = [
  schemaObject('TABLE', 'TABLES', tablePrivileges),
  schemaObject('VIEW', 'VIEWS', ['SELECT', 'REFERENCES', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']),
  { ...schemaObject('PROCEDURE', 'PROCEDURES', ['USAGE']), callable: true },
  { ...schemaObject('FUNCTION', 'FUNCTIONS', ['USAGE']), callable: true },
  schemaObject('MASKING POLICY', 'MASKING POLICIES', ['APPLY']),
  schemaObject('ROW ACCESS POLICY', 'ROW ACCESS POLICIES', ['APPLY']),
  schemaObject('TAG', 'TAGS', ['APPLY', 'READ']),
  schemaObject('STAGE', 'STAGES', ['USAGE', 'READ', 'WRITE']),
  schemaObject('SEQUENCE', 'SEQUENCES', ['USAGE']),
  schemaObject('FILE FORMAT', 'FILE FORMATS', ['USAGE']),
  schemaObject('STREAM', 'STREAMS', ['SELECT']),
  schemaObject('TASK', 'TASKS', ['MONITOR', 'OPERATE']),
];

export const objectKinds: readonly ObjectKind[] = [
  {
    name: 'DATABASE',
    plural: 'DATABASES',
    level: 'account',
    createPrivilege: 'CREATE DATABASE',
    privileges: ['MODIFY', 'MONITOR', 'USAGE', 'CREATE SCHEMA', 'CREATE DATABASE ROLE', 'REFERENCE_USAGE', 'IMPORTED PRIVILEGES', 'APPLYBUDGET'],
  },
  { name: 'ROLE', plural: 'ROLES', level: 'account', createPrivilege: 'CREATE ROLE', privileges: [] },
  {
    name: 'USER',
    plural: 'USERS',
    level: 'account',
    createPrivilege: 'CREATE USER',
    privileges: ['MONITOR', 'MODIFY PROGRAMMATIC AUTHENTICATION METHODS'],
  },
  {
    name: 'WAREHOUSE',
    plural: 'WAREHOUSES',
    level: 'account',
    createPrivilege: 'CREATE WAREHOUSE',
    privileges: ['MODIFY', 'MONITOR', 'OPERATE', 'USAGE', 'APPLYBUDGET'],
  },
  { name: 'INTEGRATION', plural: 'INTEGRATIONS', level: 'account', createPrivilege: 'CREATE INTEGRATION', privileges: ['USAGE', 'USE_ANY_ROLE'] },
  { name: 'NETWORK POLICY', plural: 'NETWORK POLICIES', level: 'account', createPrivilege: 'CREATE NETWORK POLICY', privileges: ['USAGE'] },
  { name: 'DATABASE ROLE', plural: 'DATABASE ROLES', level: 'database', createPrivilege: 'CREATE DATABASE ROLE', privileges: [] },
  {
    name: 'SCHEMA',
    plural: 'SCHEMAS',
    level: 'database',
    createPrivilege: 'CREATE SCHEMA',
    privileges: ['MODIFY', 'MONITOR', 'USAGE', 'APPLYBUDGET', ...schemaObjectKinds.map((kind) => kind.createPrivilege)],
  },
  ...schemaObjectKinds,
];

/** [doc] global privileges; what each system role holds is in seed.ts. */
export const accountPrivileges: readonly string[] = [
  'CREATE DATABASE',
  'CREATE ROLE',
  'CREATE USER',
  'CREATE WAREHOUSE',
  'CREATE INTEGRATION',
  'CREATE NETWORK POLICY',
  'CREATE SHARE',
  'CREATE ACCOUNT',
  'MANAGE GRANTS',
  'MANAGE WAREHOUSES',
  'APPLY MASKING POLICY',
  'APPLY ROW ACCESS POLICY',
  'APPLY AGGREGATION POLICY',
  'APPLY PROJECTION POLICY',
  'APPLY SESSION POLICY',
  'APPLY PASSWORD POLICY',
  'APPLY AUTHENTICATION POLICY',
  'APPLY TAG',
  'ATTACH POLICY',
  'AUDIT',
  'BIND SERVICE ENDPOINT',
  'EXECUTE ALERT',
  'EXECUTE MANAGED TASK',
  'EXECUTE TASK',
  'IMPORT SHARE',
  'MODIFY LOG LEVEL',
  'MONITOR',
  'MONITOR EXECUTION',
  'MONITOR SECURITY',
  'MONITOR USAGE',
  'OVERRIDE SHARE RESTRICTIONS',
  'PURCHASE DATA EXCHANGE LISTING',
  'RESOLVE ALL',
];

const byName = new Map(objectKinds.map((kind) => [kind.name, kind]));

export function objectKind(name: string): ObjectKind {
  const kind = byName.get(name);
  if (kind === undefined) throw new Error(`no object kind ${name}`);
  return kind;
}

/** Longest first, so that ROW ACCESS POLICY and DATABASE ROLE are not taken for their first word. */
export const kindNames: readonly string[] = objectKinds.map((kind) => kind.name).sort((a, b) => b.length - a.length);
export const kindPlurals: readonly string[] = objectKinds.map((kind) => kind.plural).sort((a, b) => b.length - a.length);

export function kindOfPlural(plural: string): ObjectKind {
  const kind = objectKinds.find((candidate) => candidate.plural === plural);
  if (kind === undefined) throw new Error(`no object kind with plural ${plural}`);
  return kind;
}

function schemaObject(name: string, plural: string, privileges: readonly string[]): ObjectKind {
  return { name, plural, level: 'schema', createPrivilege: `CREATE ${name}`, privileges };
}
