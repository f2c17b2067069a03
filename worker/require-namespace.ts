// What has to be there before a worker polls: its namespace, with our search attributes. Core would say it late, and in the words of gRPC with all its
// metadata.
import type { NativeConnection } from '@temporalio/worker';
import { searchAttributeNames } from '../rules/search-attributes.js';
import type { TemporalAddress } from '../temporal/connection-options.js';
import { searchAttributeCure } from '../temporal/search-attributes.js';
import { WorkerRefused } from './refusal.js';

/** Throws `WorkerRefused` with the cure. What a server does not tell is left to the first poll. */
export async function requireNamespace(connection: NativeConnection, temporal: TemporalAddress): Promise<void> {
  await Promise.all([requireDescribed(connection, temporal), requireSearchAttributes(connection, temporal.namespace)]);
}

const grpc = { notFound: 5, permissionDenied: 7, unauthenticated: 16 } as const;

async function requireDescribed(connection: NativeConnection, { address, namespace }: TemporalAddress): Promise<void> {
  const code = await connection.workflowService.describeNamespace({ namespace }).then(
    () => undefined,
    (error: unknown) => (error as { readonly code?: number }).code,
  );
  if (code === grpc.notFound) {
    throw new WorkerRefused('temporal-refused', `Temporal at ${address} has no namespace "${namespace}".`, 'Check TEMPORAL_NAMESPACE, or create it.');
  }
  if (code === grpc.permissionDenied || code === grpc.unauthenticated) {
    const complaint = `Temporal at ${address} refused the credential for namespace "${namespace}".`;
    throw new WorkerRefused('temporal-refused', complaint, 'Check TEMPORAL_API_KEY or the TEMPORAL_TLS_* certificate, and TEMPORAL_NAMESPACE.');
  }
}

/** A run with an attribute the server does not know is refused at its start: better the worker says so, with what to paste. */
async function requireSearchAttributes(connection: NativeConnection, namespace: string): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace }).catch(() => undefined);
  if (known === undefined) return; // not everybody may ask, and Temporal Cloud answers elsewhere
  const missing = Object.values(searchAttributeNames).filter((name) => !(name in known.customAttributes));
  if (missing.length === 0) return;
  const complaint = `The namespace "${namespace}" lacks the search attributes ${missing.join(', ')}.`;
  throw new WorkerRefused('temporal-refused', complaint, `Create them once:\n${searchAttributeCure(namespace, missing)}`);
}
