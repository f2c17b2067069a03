// GRANT, REVOKE and SHOW GRANTS. [doc] docs.databricks.com/aws/en/sql/language-manual/security-grant, -revoke, -show-grant; which privilege fits which kind
// of object: .../data-governance/unity-catalog/manage-privileges/privileges ("Securable objects").
import type { Access } from './access.js';
import { everybody, metastoreAdmins } from './access.js';
import { noSuchPrincipal, privilegeNotApplicable } from './errors.js';
import type { Securable, SecurableKind } from './metastore.js';
import { qualify } from './session.js';
import type { Session } from './session.js';
import type { Statement } from './statement.js';
import type { TokenCursor } from './token-cursor.js';

const inSchema = ['APPLY TAG', 'MANAGE', 'ALL PRIVILEGES'];
const onTable = ['SELECT', 'MODIFY', ...inSchema];
const onFunction = ['EXECUTE', 'MANAGE', 'ALL PRIVILEGES'];
const onVolume = ['READ VOLUME', 'WRITE VOLUME', ...inSchema];
const createInSchema = ['CREATE TABLE', 'CREATE VIEW', 'CREATE FUNCTION', 'CREATE VOLUME', 'CREATE MODEL', 'CREATE MATERIALIZED VIEW', 'REFRESH'];
const onSchema = ['USE SCHEMA', 'EXTERNAL USE SCHEMA', ...createInSchema, ...onTable, ...onFunction, ...onVolume];
const onCatalog = ['USE CATALOG', 'CREATE SCHEMA', 'BROWSE', ...onSchema];
const creatable = ['CATALOG', 'EXTERNAL LOCATION', 'STORAGE CREDENTIAL', 'CONNECTION', 'SHARE', 'RECIPIENT', 'PROVIDER', 'SERVICE CREDENTIAL'];
const usable = ['CONNECTION', 'PROVIDER', 'RECIPIENT', 'SHARE', 'MARKETPLACE ASSETS'];
const onMetastore = [
  ...creatable.map((what) => `CREATE ${what}`),
  ...usable.map((what) => `USE ${what}`),
  'SET SHARE PERMISSION',
  'MANAGE ALLOWLIST',
];
const applicable: Readonly<Record<SecurableKind, readonly string[]>> = {
  METASTORE: onMetastore,
  CATALOG: onCatalog,
  SCHEMA: onSchema,
  TABLE: onTable,
  FUNCTION: onFunction,
  VOLUME: onVolume,
};
const allPrivileges = [...new Set([...onCatalog, ...onMetastore])].toSorted((a, b) => b.length - a.length);

/** A principal or group by the name the catalog keeps. @throws SqlError when nobody is called so. */
export function principalNamed(access: Access, name: string): string {
  if (name === everybody || name === metastoreAdmins) return name;
  const found = access.principals.find(name);
  if (found === undefined) throw noSuchPrincipal(name);
  return found.name;
}

export function parseGrant(cursor: TokenCursor): Statement {
  return parseChange(cursor, 'GRANT', 'TO');
}

export function parseRevoke(cursor: TokenCursor): Statement {
  return parseChange(cursor, 'REVOKE', 'FROM');
}

function parseChange(cursor: TokenCursor, verb: 'GRANT' | 'REVOKE', preposition: 'TO' | 'FROM'): Statement {
  const privileges = readPrivileges(cursor);
  cursor.expect('ON');
  const target = readTarget(cursor);
  cursor.expect(preposition);
  const grantee = cursor.identifier();
  return {
    verb,
    object: target.shown,
    read: false,
    run({ access, session }) {
      const on = target.resolve(access, session);
      access.requireManage(on, true); // [ownership]
      const principal = principalNamed(access, grantee);
      for (const privilege of privileges) if (!applicable[on.kind].includes(privilege)) throw privilegeNotApplicable(privilege, on.shownKind);
      for (const privilege of privileges) {
        if (verb === 'GRANT') access.metastore.grant({ principal, privilege, on, grantor: access.principal.name });
        else access.metastore.revoke(principal, privilege, on);
      }
      return undefined;
    },
  };
}

function readPrivileges(cursor: TokenCursor): string[] {
  const privileges: string[] = [];
  do {
    const privilege = cursor.acceptOneOf(allPrivileges);
    if (privilege === undefined) throw cursor.unexpected();
    privileges.push(privilege);
  } while (cursor.accept(','));
  return privileges;
}

interface Target {
  readonly shown: string;
  resolve(access: Access, session: Session): Securable;
}

const parts: Readonly<Record<SecurableKind, number>> = { METASTORE: 0, CATALOG: 1, SCHEMA: 2, TABLE: 3, FUNCTION: 3, VOLUME: 3 };

/** [doc] without a kind a name is a table's. */
function readTarget(cursor: TokenCursor): Target {
  const written = cursor.acceptOneOf(['METASTORE', 'CATALOG', 'SCHEMA', 'DATABASE', 'TABLE', 'VIEW', 'FUNCTION', 'VOLUME']) ?? 'TABLE';
  if (written === 'METASTORE') return { shown: written, resolve: (access) => access.metastore.root };
  const kind = written === 'DATABASE' ? 'SCHEMA' : written === 'VIEW' ? 'TABLE' : written;
  const name = cursor.name();
  return { shown: `${kind} ${name.join('.')}`, resolve: (access, session) => access.resolve(kind, qualify(session, name, parts[kind])) };
}

/** [doc] security-show-grant: one's own grants are shown to everybody, those of others to who manages the object and to metastore admins. */
export function parseShowGrants(cursor: TokenCursor): Statement {
  const grantee = cursor.sees('ON') ? undefined : cursor.identifier();
  cursor.expect('ON');
  const target = readTarget(cursor);
  return {
    verb: 'SHOW',
    object: target.shown,
    read: true,
    run({ access, session }) {
      const on = target.resolve(access, session);
      const places = [on, ...access.metastore.containers(on).filter((each) => each.kind !== 'METASTORE')];
      const principal = grantee === undefined ? undefined : principalNamed(access, grantee);
      const all = access.principal.admin || access.manages(on);
      const rows = access.metastore
        .grants()
        .filter((grant) => places.includes(grant.on) && (principal === undefined || grant.principal === principal))
        .filter((grant) => all || access.is(grant.principal))
        .map((grant) => [grant.principal, grant.privilege, grant.on.kind, access.shown(grant.on)]);
      return { columns: ['Principal', 'ActionType', 'ObjectType', 'ObjectKey'], rows };
    },
  };
}
