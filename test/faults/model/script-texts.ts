// What is asked for in a run of the model: the request, the two scripts that its Immuta gives, and what they name.
import type { ConnectionRequest } from '../../../domain/deregistration-request.js';
import type { ObjectReference } from '../../../domain/plan.js';
import type { PlatformTarget } from '../../../domain/platform-target.js';
import { connectionWorkflowId } from '../../../rules/workflow-id.js';
import type { Script } from './ledger.js';
import type { Schedule, Shape } from './schedule.js';

export const runtimeNames = {
  connectionKey: 'warehouse',
  immutaUrl: 'https://immuta.example',
  host: 'platform.example',
  quietPeriodMs: 30_000, // the least that is allowed against a real platform: then no statement outlives the wait for it
  heartbeatTimeoutMs: 20_000,
  verifyDeadlineMs: 60_000,
} as const;

export const privileged = { user: 'ADMIN', role: 'ACCOUNTADMIN' } as const;
export const workflowId = connectionWorkflowId(runtimeNames.immutaUrl, runtimeNames.connectionKey);
export const runId = '11111111-2222-4333-8444-555555555555';

const systemRole = 'IMMUTA_SYSTEM';
const impersonationRole = 'IMMUTA_IMPERSONATION';
/** Stands there before every run, and is nobody's business. */
export const strangers: Readonly<Record<Schedule['platform'], readonly ObjectReference[]>> = {
  Snowflake: [{ kind: 'role', name: 'ANALYST' }],
  Databricks: [
    { kind: 'catalog', name: 'other' },
    { kind: 'schema', name: 'other.reports' },
  ],
};

export function databaseName(platform: Schedule['platform']): string {
  return platform === 'Snowflake' ? 'IMMUTA' : 'immuta';
}

/** What a preflight looks at. */
export function ownNames(platform: Schedule['platform']): readonly ObjectReference[] {
  if (platform === 'Databricks') return [{ kind: 'catalog', name: 'immuta' }];
  return [
    { kind: 'database', name: 'IMMUTA' },
    { kind: 'role', name: systemRole },
    { kind: 'user', name: 'IMMUTA_SYSTEM_ACCOUNT' },
    { kind: 'role', name: impersonationRole },
  ];
}

/** What the bootstrap script of a schedule makes and other people could make too. */
export function contested(schedule: Schedule): readonly ObjectReference[] {
  return statementsOf(schedule).flatMap((text) => {
    const [, kind, name] = /^CREATE (\w+)(?: IF NOT EXISTS)? ([^\s(]+)/.exec(text) ?? [];
    if (kind === undefined || name === undefined || !['DATABASE', 'CATALOG', 'ROLE', 'SCHEMA'].includes(kind)) return [];
    return [{ kind: kind.toLowerCase() as ObjectReference['kind'], name: name.replaceAll('"', '') }];
  });
}

export function bootstrapText(schedule: Schedule): string {
  return statementsOf(schedule)
    .map((statement) => `${statement};\n`)
    .join('');
}

export function cleanupText(schedule: Schedule): string | undefined {
  const { platform, cleanup } = schedule;
  if (cleanup === 'none') return undefined;
  const guard = cleanup === 'bare' ? '' : ' IF EXISTS';
  if (platform === 'Databricks')
    return `DROP CATALOG${guard} immuta CASCADE;\n${cleanup === 'greedy' ? 'DROP SCHEMA IF EXISTS other.reports CASCADE;\n' : ''}`;
  const made = bootstrapText(schedule);
  const roles = [systemRole, impersonationRole].filter((role) => new RegExp(`CREATE ROLE[^;]*"${role}"`).test(made));
  return [
    'USE ROLE ACCOUNTADMIN;',
    `DROP DATABASE${guard} "IMMUTA";`,
    ...roles.filter((role) => cleanup !== 'forgetful' || role !== systemRole).map((role) => `DROP ROLE${guard} "${role}";`),
    ...(cleanup === 'greedy' ? ['DROP ROLE IF EXISTS "ANALYST";'] : []),
    '',
  ].join('\n');
}

/** The exact statements of both scripts, in their order. */
export function approvedStatements(schedule: Schedule): Readonly<Record<Script, readonly string[]>> {
  const cleanup = cleanupText(schedule) ?? cleanupText({ ...schedule, cleanup: 'whole' }) ?? '';
  return { bootstrap: statementsOf(schedule), cleanup: cleanup.split(';\n').filter((statement) => statement !== '') };
}

function statementsOf({ platform, bootstrap }: Schedule): readonly string[] {
  return platform === 'Snowflake' ? snowflake(bootstrap) : databricks(bootstrap);
}

function snowflake(wanted: readonly Shape[]): readonly string[] {
  const seen = new Set<Shape>();
  const statements = ['USE ROLE SYSADMIN', 'CREATE DATABASE "IMMUTA"'];
  for (const [place, shape] of wanted.entries()) {
    const first = !seen.has(shape);
    seen.add(shape);
    switch (shape) {
      case 'create-if':
        statements.push(first ? `CREATE ROLE IF NOT EXISTS "${systemRole}"` : `CREATE SCHEMA IF NOT EXISTS "IMMUTA"."S${place}"`);
        break;
      case 'create':
        statements.push(first ? `CREATE ROLE "${impersonationRole}"` : `CREATE TABLE "IMMUTA"."PUBLIC"."T${place}" (A INT)`);
        break;
      case 'inner':
        statements.push(`CREATE PROCEDURE "IMMUTA"."PUBLIC"."P${place}"() RETURNS VARCHAR LANGUAGE SQL AS $$ BEGIN RETURN 'done'; END; $$`);
        break;
      case 'grant':
        statements.push(`GRANT USAGE ON DATABASE "IMMUTA" TO ROLE "${systemRole}"`);
        break;
      case 'insert':
        statements.push(`INSERT INTO "IMMUTA"."PUBLIC"."LOG" VALUES (${place})`);
        break;
      case 'alter':
        statements.push(`ALTER DATABASE "IMMUTA" SET COMMENT = '${place}'`);
        break;
      case 'use':
        statements.push(`USE ROLE ${place % 2 === 0 ? 'USERADMIN' : 'SECURITYADMIN'}`);
    }
  }
  return statements;
}

function databricks(wanted: readonly Shape[]): readonly string[] {
  const statements = ['CREATE CATALOG immuta'];
  for (const [place, shape] of wanted.entries()) {
    switch (shape) {
      case 'create-if':
        statements.push(`CREATE SCHEMA IF NOT EXISTS immuta.s${place}`);
        break;
      case 'create':
        statements.push(`CREATE TABLE immuta.d.t${place} (a INT)`);
        break;
      case 'inner':
        statements.push(`CREATE FUNCTION immuta.d.f${place}() RETURNS INT RETURN 1`);
        break;
      case 'grant':
        statements.push('GRANT USE CATALOG ON CATALOG immuta TO `immuta`');
        break;
      case 'insert':
        statements.push(`INSERT INTO immuta.d.log VALUES (${place})`);
        break;
      case 'alter':
        statements.push(`ALTER TABLE immuta.d.log SET TBLPROPERTIES ('place' = '${place}')`);
        break;
      case 'use':
        statements.push(`USE CATALOG ${place % 2 === 0 ? 'immuta' : 'other'}`);
    }
  }
  return statements;
}

export function requestOf({ flow, platform, policy }: Schedule): ConnectionRequest {
  const { connectionKey, immutaUrl, quietPeriodMs, heartbeatTimeoutMs, verifyDeadlineMs } = runtimeNames;
  const ms = (value: number) => `${value}ms` as const;
  return {
    ...(flow === 'deregister' ? { operation: 'deregister' as const } : {}),
    connectionKey,
    immuta: { url: immutaUrl, authentication: 'apiKey', secret: 'env:IMMUTA_KEY' },
    target: targets[platform],
    script: { policy, expiresAfter: '2h' },
    requester: 'ada',
    timing: { quietPeriod: ms(quietPeriodMs), heartbeatTimeout: ms(heartbeatTimeoutMs), verifyDeadline: ms(verifyDeadlineMs), pollInterval: '5s' },
  } as ConnectionRequest;
}

const targets: Readonly<Record<Schedule['platform'], PlatformTarget>> = {
  Snowflake: {
    technology: 'Snowflake',
    host: runtimeNames.host,
    port: 443,
    warehouse: 'WH',
    database: 'IMMUTA',
    systemAccount: { authenticationType: 'userPassword', username: 'IMMUTA_SYSTEM_ACCOUNT', password: 'env:IMMUTA_P', role: systemRole },
    privilegedUser: { authenticationType: 'userPassword', username: privileged.user, password: 'env:SNOWFLAKE_P', role: privileged.role },
    audit: { enabled: true },
    impersonation: { enabled: true, role: impersonationRole },
    settings: { isActive: false },
    options: { forceRecursiveCrawl: true },
  },
  Databricks: {
    technology: 'Databricks',
    host: runtimeNames.host,
    port: 443,
    httpPath: '/sql/1.0/warehouses/w',
    catalog: 'immuta',
    systemAccount: { authenticationType: 'token', token: 'env:IMMUTA_TOKEN' },
    privilegedUser: { authenticationType: 'token', token: 'env:DATABRICKS_TOKEN' },
    audit: { enabled: true },
    settings: { isActive: false },
    options: { forceRecursiveCrawl: true },
  },
};
