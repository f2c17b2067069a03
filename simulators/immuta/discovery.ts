import type { DataObject } from './state.js';

/** The objects a crawl finds below a new connection, `count` in all: one database, one schema in it, tables in that. Only their number matters here. */
export function discover(connectionKey: string, count: number, isActive: boolean): Map<string, DataObject> {
  const found = new Map<string, DataObject>();
  const state = isActive ? 'active' : 'inactive';
  for (let each = 0; each < count; each++) {
    const below = each === 0 ? ['SALES'] : each === 1 ? ['SALES', 'PUBLIC'] : ['SALES', 'PUBLIC', `TABLE_${each - 1}`];
    const objectPath = [connectionKey, ...below];
    found.set(objectPath.join('/'), { objectPath, state, overrides: {} });
  }
  return found;
}
