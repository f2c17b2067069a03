// Data objects: everything under a connection, addressed by path.
import { json } from './answer.js';
import { connectionOf } from './connections.js';
import { release } from './integrations.js';
import { complain, flag, integer, object, optional } from './payload-rules.js';
import { Refusal } from './refusal.js';
import type { Call, Route, Tenant } from './route.js';
import type { Answer } from './answer.js';
import type { Connection, DataObject, State } from './state.js';
import type { Switches } from './switches.js';

const mostForBulk = 100_000; // Immuta enables children in bulk only below this

const paging = object({ offset: optional(integer(0, 1_000_000)), size: optional(integer(1, 100_000)) });
const settingsBody = object({ settings: object({ isActive: optional(flag), activateNewChildren: optional(flag) }) });

const reading = ['CREATE_DATA_SOURCE', 'APPLICATION_ADMIN', 'GOVERNANCE'] as const;

export const objectRoutes: readonly Route[] = [
  { method: 'GET', path: '/data/object/{key}', read: true, permissions: reading, answer: readObject },
  { method: 'GET', path: '/data/object/{objectPath}', read: true, permissions: reading, answer: readObject },
  { method: 'POST', path: '/data/object/search', read: true, permissions: reading, answer: searchConnections },
  { method: 'POST', path: '/data/object/search/{key}', read: true, permissions: reading, answer: searchChildren },
  { method: 'POST', path: '/data/object/search/{objectPath}', read: true, permissions: reading, answer: searchChildren },
  { method: 'DELETE', path: '/data/object/{key}', read: false, permissions: ['APPLICATION_ADMIN'], answer: deleteConnection },
  { method: 'DELETE', path: '/data/object/{objectPath}', read: false, permissions: ['APPLICATION_ADMIN'], answer: deleteObject },
  { method: 'PUT', path: '/data/settings/{key}', read: false, permissions: ['APPLICATION_ADMIN'], answer: changeSettings },
  { method: 'PUT', path: '/data/settings/{objectPath}', read: false, permissions: ['APPLICATION_ADMIN'], answer: changeSettings },
  { method: 'POST', path: '/data/crawl/{key}', read: false, permissions: ['APPLICATION_ADMIN'], answer: crawl },
  { method: 'POST', path: '/data/crawl/{objectPath}', read: false, permissions: ['APPLICATION_ADMIN'], answer: crawl },
];

function readObject({ segments }: Call, { state }: Tenant): Answer {
  const { connection, below } = locate(segments, state);
  if (below !== undefined) return json(show(below, connection));
  return json({
    objectPath: [connection.connectionKey],
    technology: connection.technology,
    state: connection.settings['isActive'] === true ? 'active' : 'inactive',
    settings: Object.fromEntries(Object.entries(connection.settings).map(([name, value]) => [name, { value, hasDescendantsWithOverrides: false }])),
    overrides: {},
  });
}

function searchConnections({ payload }: Call, { state }: Tenant): Answer {
  const all = [...state.connections.values()];
  const items = all.map((each) => ({
    objectPath: [each.connectionKey],
    technology: each.technology,
    state: each.settings['isActive'] === true ? 'active' : 'inactive',
  }));
  return json(page(items, payload));
}

/** The direct children of an object. */
function searchChildren({ segments, payload }: Call, { state }: Tenant): Answer {
  const { connection } = locate(segments, state);
  const children = below(segments, connection).filter((each) => each.objectPath.length === segments.length + 1);
  return json(page(children, payload).map((each) => show(each, connection)));
}

function deleteConnection({ segments }: Call, tenant: Tenant): Answer {
  const { state, switches } = tenant;
  const connection = connectionOf(segments, state);
  if (switches.strictState && connection.settings['isActive'] === true) {
    throw new Refusal(409, `Connection ${connection.connectionKey} must be INACTIVE to be deleted`);
  }
  state.removeConnection(connection);
  const integration = state.integrations.get(connection.integrationId);
  if (integration !== undefined) release(integration, tenant);
  return deleted(segments, connection.objects.size, switches);
}

function deleteObject({ segments }: Call, { state, switches }: Tenant): Answer {
  const { connection } = locate(segments, state);
  const children = below(segments, connection);
  for (const each of children) connection.objects.delete(each.objectPath.join('/'));
  connection.objects.delete(segments.join('/'));
  return deleted(segments, children.length, switches);
}

function deleted(objectPath: readonly string[], childCount: number, { deletionAnswer }: Switches): Answer {
  return json({
    ...(deletionAnswer === 'objectPath' ? {} : { connectionKey: objectPath[0] }),
    ...(deletionAnswer === 'connectionKey' ? {} : { objectPath }),
    childCount,
  });
}

function changeSettings({ segments, payload }: Call, { state }: Tenant): Answer {
  const { connection, below: target } = locate(segments, state);
  const { settings } = settingsBody(payload ?? {}, '');
  const children = below(segments, connection);
  if (settings.isActive === true && children.length >= mostForBulk) {
    complain('settings.isActive', `cannot be set on an object with ${mostForBulk} children and more`);
  }
  if (target === undefined) {
    connection.settings = { ...connection.settings, ...settings };
    state.noteConnection(connection, 'changed');
  } else {
    target.overrides = { ...target.overrides, ...settings };
  }
  if (settings.isActive !== undefined) {
    for (const each of [...children, ...(target === undefined ? [] : [target])]) each.state = settings.isActive ? 'active' : 'inactive';
  }
  return json({ bulkId: state.startJobs(1) });
}

function crawl({ segments }: Call, { state }: Tenant): Answer {
  locate(segments, state);
  return json({ bulkId: state.startJobs(1) });
}

function locate(segments: readonly string[], state: State): { readonly connection: Connection; readonly below: DataObject | undefined } {
  const connection = connectionOf(segments, state);
  if (segments.length === 1) return { connection, below: undefined };
  const found = connection.objects.get(segments.join('/'));
  if (found === undefined) throw new Refusal(404, `No data object found at ${segments.join('/')}`);
  return { connection, below: found };
}

function below(segments: readonly string[], { objects }: Connection): readonly DataObject[] {
  const prefix = `${segments.join('/')}/`;
  return [...objects].filter(([path]) => path.startsWith(prefix)).map(([, each]) => each);
}

function show({ objectPath, state, overrides }: DataObject, { technology, settings }: Connection): Record<string, unknown> {
  const effective = Object.entries({ ...settings, ...overrides, isActive: state === 'active' });
  return {
    objectPath,
    technology,
    state,
    settings: Object.fromEntries(effective.map(([name, value]) => [name, { value, hasDescendantsWithOverrides: false }])),
    overrides,
  };
}

function page<T>(items: readonly T[], payload: unknown): readonly T[] {
  const { offset = 0, size = items.length } = payload === undefined ? {} : paging(payload, '');
  return items.slice(offset, offset + size);
}
