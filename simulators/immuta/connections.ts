// Registration proper. Whatever the two steps have to send alike is compared by field; nothing is stored before every check has passed.
import type { Platforms } from '../simulated-platform.js';
import { json } from './answer.js';
import type { Person } from './authenticator.js';
import { discover } from './discovery.js';
import { complain, flag, listOf, matching, object, optional, record, text } from './payload-rules.js';
import type { Rule } from './payload-rules.js';
import { Refusal } from './refusal.js';
import type { Route, Tenant } from './route.js';
import { readIntegrationPayload, scriptedFor } from './scripts.js';
import type { Connection, Integration, State } from './state.js';
import { technologyOf } from './technologies.js';
import type { Agreement, RequestedConnection, RequestedIntegration, ValidationTest } from './technology.js';
import type { Switches } from './switches.js';

const anything: Rule<unknown> = (value) => value;
const connectionSettings = object({
  isActive: optional(flag),
  activateNewChildren: optional(flag),
  dataOwners: optional(listOf(record)),
  infrastructureAdmins: optional(listOf(record)),
});

// The words are segments of the API's own paths.
const reserved = new Set(['data', 'connection', 'object', 'crawl', 'search', 'settings', 'metadata', 'permission', 'sync', 'bulk', 'upgrade']);
const keyShape = matching(/^[A-Za-z0-9_-]+$/, 'must hold only letters, digits, "-" and "_"');
const connectionKeyRule: Rule<string> = (value, path) => {
  const key = keyShape(value, path);
  return reserved.has(key.toLowerCase()) ? complain(path, `is a reserved word: ${key}`) : key;
};

export const connectionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/data/connection/test',
    read: true,
    permissions: ['APPLICATION_ADMIN'],
    answer({ payload }, { state, platforms, switches }) {
      if (!switches.connectionTest) throw new Refusal(404, 'Not Found');
      const tests = admit(readRegistration(payload, state, switches), state, platforms);
      return json({ status: 'passed', validationTests: tests });
    },
  },
  {
    method: 'POST',
    path: '/data/connection',
    read: false,
    permissions: ['APPLICATION_ADMIN'],
    answer({ payload, caller }, tenant) {
      const { state, platforms, switches } = tenant;
      const registration = readRegistration(payload, state, switches);
      register(registration, admit(registration, state, platforms), caller, tenant);
      return json({ objectPath: [registration.connectionKey], bulkId: state.startJobs(2) }, 201); // crawl and set-up
    },
  },
  {
    method: 'GET',
    path: '/data/connection/{key}',
    read: true,
    permissions: ['CREATE_DATA_SOURCE', 'APPLICATION_ADMIN', 'GOVERNANCE'],
    answer: ({ segments }, { state, switches }) => json(showConnection(connectionOf(segments, state), switches)),
  },
  {
    method: 'PUT',
    path: '/data/connection/{key}',
    read: false,
    permissions: ['APPLICATION_ADMIN'],
    answer({ segments, payload, caller }, { state, switches }) {
      const connection = connectionOf(segments, state);
      const update = object({ connection: anything, nativeIntegration: optional(record) })(payload ?? {}, '');
      const requested = technologyOf(update.connection, 'technology', 'connection').connection(update.connection, 'connection');
      if (update.nativeIntegration !== undefined) {
        compare(requested.agreement, readIntegrationPayload(update.nativeIntegration, 'nativeIntegration', 'connection', switches).agreement);
      }
      if (requested.shown['hostname'] !== connection.shown['hostname']) complain('connection.hostname', 'is non-editable attribute(s)');
      connection.shown = requested.shown;
      connection.updatedAt = new Date().toISOString();
      connection.updater = caller;
      state.noteConnection(connection, 'changed');
      return json({ objectPath: [connection.connectionKey], bulkId: state.startJobs(1) });
    },
  },
];

/** The connection a path begins with, or a 404. */
export function connectionOf([connectionKey = '']: readonly string[], state: State): Connection {
  const connection = state.connections.get(connectionKey);
  if (connection === undefined) throw new Refusal(404, `No connection found with key ${connectionKey}`);
  return connection;
}

interface Registration {
  readonly connectionKey: string;
  readonly connection: RequestedConnection;
  readonly integration: RequestedIntegration;
  readonly settings: Readonly<Record<string, unknown>>;
}

function readRegistration(payload: unknown, state: State, switches: Switches): Registration {
  const fields = object({
    connectionKey: switches.oldKeys ? text : connectionKeyRule,
    connection: (value: unknown, path: string) => technologyOf(value, 'technology', path).connection(value, path),
    settings: optional(connectionSettings),
    options: optional(object({ forceRecursiveCrawl: optional(flag) })),
    nativeIntegration: (value: unknown, path: string) => readIntegrationPayload(value, path, 'connection', switches),
  })(payload ?? {}, '');
  const { connectionKey, connection, nativeIntegration: integration } = fields;
  if (connection.technology !== integration.type) complain('nativeIntegration.type', 'must equal "connection.technology"');
  compare(connection.agreement, integration.agreement);
  const scripted = state.scripted.get(scriptedFor(integration));
  for (const [field, hash] of Object.entries(scripted ?? {})) {
    if (integration.agreement[field] !== hash) complain(`nativeIntegration.config.${field}`, 'must equal what the bootstrap script was made from');
  }
  return { connectionKey, connection, integration, settings: fields.settings ?? {} };
}

function compare(connection: Agreement, integration: Agreement): void {
  for (const field of Object.keys({ ...connection, ...integration })) {
    if (field === 'role' && integration['role'] === undefined) continue; // older payloads name the role only in the connection
    if (integration[field] !== connection[field]) {
      complain(`connection.${field === 'host' ? 'hostname' : field}`, `must equal "nativeIntegration.config.${field}"`);
    }
  }
}

/** Refuses what cannot be registered: a duplicate, a remnant, or a platform on which the script did not run. */
function admit({ connectionKey, connection, integration }: Registration, state: State, platforms: Platforms): readonly ValidationTest[] {
  const known = state.connections.get(connectionKey);
  if (known !== undefined) throw new Refusal(409, `Connection ${connectionKey} already exists (id = ${known.integrationId})`);
  const there = [...state.integrations.values()].find((each) => each.type === integration.type && each.account === integration.account);
  if (there?.status === 'createError') {
    throw new Refusal(400, `Use PUT /integrations/${there.id} to repair the ${there.type} integration that previously failed to create`);
  }
  if (there !== undefined) throw new Refusal(409, `${there.type} integration already exists on ${there.account} (id = ${there.id})`);
  const validationTests = [...connection.validate(platforms), ...integration.validate(platforms)];
  if (validationTests.some((test) => test.status === 'failed')) {
    throw new Refusal(422, 'Validation of prerequisite setup failed', { validationResults: { status: 'failed', validationTests } });
  }
  return validationTests;
}

function register(registration: Registration, validationTests: readonly ValidationTest[], caller: Person, tenant: Tenant): void {
  const { state, switches } = tenant;
  const { connectionKey, connection, settings } = registration;
  const { type, account, database, shown, cleanupScript } = registration.integration;
  const integration = state.addIntegration({ type, account, database, shown, cleanupScript, validationTests });
  const now = new Date().toISOString();
  const made: Connection = {
    connectionKey,
    technology: connection.technology,
    integrationId: integration.id,
    createdAt: now,
    creator: caller,
    updatedAt: now,
    updater: caller,
    shown: connection.shown,
    settings: { isActive: false, ...settings },
    objects: discover(connectionKey, switches.children, settings['isActive'] === true),
  };
  state.addConnection(made);
  state.after(switches.creatingMs, () => settle(integration, made, tenant));
}

// The switches are read when the time has come, so that a test can change its mind in between. A deregistration in the meantime wins.
function settle(integration: Integration, connection: Connection, { state, switches }: Tenant): void {
  if (integration.status !== 'creating') return;
  const ending = switches.creationEnding;
  state.changeStatus(integration, ending);
  if (ending !== 'enabled' && switches.connectionAfterCreateError === 'removed') state.removeConnection(connection);
}

function showConnection(connection: Connection, { nativeIntegrationId }: Switches): Record<string, unknown> {
  const { connectionKey, shown, createdAt, updatedAt, creator, updater, integrationId } = connection;
  return {
    connectionKey,
    connection: shown,
    createdAt,
    updatedAt,
    createdBy: creator.id,
    updatedBy: updater.id,
    creator,
    updater,
    ...(nativeIntegrationId ? { nativeIntegrationId: integrationId } : {}),
  };
}
