import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readManifest } from '../../client/read-manifest.js';
import type { LedgerLine } from '../../dev/simulator-control.js';
import { connectionPayload } from '../../immuta/payloads.js';
import { until, type Stage } from './stage.js';

export const deletion = 'immuta:DELETE /data/object/{key}';
/** A fault: Immuta answers this, and does nothing. */
export const answers = (where: string, body: object | string, nth = 0): object => ({
  where,
  nth,
  kind: 'status',
  status: 200,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' },
});

export async function registered(stage: Stage, key: string): Promise<void> {
  await stage.writeManifest(key);
  const { json } = await stage.register(key);
  expect(json.outcome).toBe('registered');
}

export async function deletes(stage: Stage): Promise<LedgerLine[]> {
  return (await stage.control.ledger()).filter(
    ({ kind, method, route }) => kind === 'request' && method === 'DELETE' && route === '/data/object/{key}',
  );
}

export async function vanished(stage: Stage): Promise<LedgerLine[]> {
  return (await stage.control.ledger()).filter(({ object, change }) => object === 'connection' && change === 'vanished');
}

export async function resolve(stage: Stage, key: string, choice: string): Promise<void> {
  const answer = await stage.mooring('resolve', key, choice, '--comment', 'looked at it', '--as', 'operator@example.com');
  expect(answer.exitCode).toBe(0);
}

/** What the run ended as, once it did, whichever way. */
export async function outcomeOf(stage: Stage, key: string): Promise<unknown> {
  await stage
    .handle(key)
    .result()
    .catch(() => undefined);
  return JSON.parse((await stage.mooring('status', key, '--json')).stdout);
}

/** Gives the connection a key that only older tenants accepted: Immuta lets it go, and is told of it anew under that key. The platform stays as it is. */
export async function reregisteredAs(stage: Stage, key: string, oldKey: string): Promise<void> {
  const { connections } = readManifest(join(stage.folder, 'mooring.yaml'), stage.folder);
  const target = connections[key];
  if (target === undefined) throw new Error(`The manifest has no ${key}.`);
  await deleteDirectly(stage, key);
  await until(async () => ((await stage.control.objects()).immuta.integrations.length === 0 ? true : undefined));
  await stage.control.switches({ oldKeys: true });
  const reveal = async (reference: string): Promise<string> => (await readFile(reference.replace(/^file:/, ''), 'utf8')).trim();
  await immuta(stage, 'POST', '/data/connection', await connectionPayload(oldKey, target, reveal));
}

/** What Immuta does behind Mooring's back. */
export async function deleteDirectly(stage: Stage, key: string): Promise<void> {
  await immuta(stage, 'DELETE', `/data/object/${key}`);
}

export async function removeIntegrationDirectly(stage: Stage, id: number): Promise<void> {
  await immuta(stage, 'DELETE', `/integrations/${id}`);
}

async function immuta(stage: Stage, method: string, path: string, body?: object): Promise<void> {
  const authorization = await readFile(join(stage.sandbox.secretFolder, 'immuta.api-key'), 'utf8');
  const response = await fetch(`${stage.sandbox.simulators.immuta.url}${path}`, {
    method,
    headers: { authorization: authorization.trim(), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect([response.ok, await response.text()]).toEqual([true, expect.any(String)]);
}
