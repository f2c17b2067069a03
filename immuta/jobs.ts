// Background jobs that a registration started. Immuta documents a list in one place and a map in another; their `output` is not read.
import { z } from 'zod';
import type { Answer, Tenant } from './tenant.js';
import { Id } from './wire.js';

/** `state` is Immuta's word: active, cancelled, completed, created, expired, failed or retry. */
export interface Job {
  readonly id: string;
  readonly state: string;
}

const permission = 'to see these jobs: only the user who started them may';

/** `GET /jobs?bulkId=`: the jobs of one request. */
export async function jobsOf(tenant: Tenant, bulkId: string): Promise<readonly Job[]> {
  const answer = await tenant.ask({ method: 'GET', path: ['jobs'], query: { bulkId }, permission, writes: false });
  return read(tenant, answer);
}

/** `POST /jobs/statuses`, without letting the server wait: polling is the caller's. */
export async function jobStatuses(tenant: Tenant, jobIds: readonly string[]): Promise<readonly Job[]> {
  const answer = await tenant.ask({ method: 'POST', path: ['jobs', 'statuses'], body: () => ({ jobIds }), permission, writes: false });
  return read(tenant, answer);
}

const JobId = z.union([z.string().min(1), Id.transform(String)]);
const WireJob = z.looseObject({ id: JobId, state: z.string().min(1) });
const JobMap = z.record(z.string(), z.looseObject({ id: JobId.optional(), state: z.string().min(1) }));
const Jobs = z.union([z.array(WireJob), z.looseObject({ jobs: z.array(WireJob) }), JobMap]);

function read(tenant: Tenant, answer: Answer): readonly Job[] {
  const found = tenant.read(Jobs, answer);
  const list = Array.isArray(found) ? found : 'jobs' in found && Array.isArray(found.jobs) ? found.jobs : listOf(tenant.read(JobMap, answer));
  return list.map(({ id, state }) => ({ id: tenant.words.show(id, 128), state: tenant.words.show(state, 64) }));
}

function listOf(map: z.infer<typeof JobMap>): readonly Job[] {
  return Object.entries(map).map(([key, { id, state }]) => ({ id: id ?? key, state }));
}
