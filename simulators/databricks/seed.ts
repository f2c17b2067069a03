// A workspace with a new metastore, as the vendor hands one out: the system catalog with the tables that governance tools are given, the catalog of the
// workspace, and the privileges asked for.
import { everybody, metastoreAdmins } from './access.js';
import { Metastore, systemOwner } from './metastore.js';
import type { Principal } from './principals.js';

/** [doc] docs.databricks.com/aws/en/admin/system-tables: the tables that Immuta's audit and lineage read. */
const systemTables = [
  ['access', 'audit'],
  ['access', 'table_lineage'],
  ['access', 'column_lineage'],
  ['query', 'history'],
] as const;

export function newMetastore(principals: readonly Principal[], now: () => number): Metastore {
  const metastore = new Metastore('simulated', metastoreAdmins, now);
  metastore.add('CATALOG', ['system'], systemOwner);
  for (const [schema, table] of systemTables) {
    if (metastore.find('SCHEMA', ['system', schema]) === undefined) metastore.add('SCHEMA', ['system', schema], systemOwner);
    metastore.add('TABLE', ['system', schema, table], systemOwner);
  }
  const main = metastore.add('CATALOG', ['main'], metastoreAdmins);
  metastore.grant({ principal: everybody, privilege: 'USE CATALOG', on: main, grantor: systemOwner }); // [doc] so does a new workspace
  for (const { name, privileges } of principals) {
    for (const privilege of privileges) metastore.grant({ principal: name, privilege, on: metastore.root, grantor: metastoreAdmins });
  }
  metastore.takeChanges();
  return metastore;
}
