// Background jobs. Their state follows from their age, so they need no timers.
import { setTimeout as sleep } from 'node:timers/promises';
import { json } from './answer.js';
import { integer, listOf, object, optional, text } from './payload-rules.js';
import { Refusal } from './refusal.js';
import type { Route } from './route.js';
import type { Job } from './state.js';
import type { Switches } from './switches.js';

type JobState = 'created' | 'active' | Switches['jobEnding'];

const statusesBody = object({ jobIds: listOf(text), wait: optional(integer(-1, 86_400)), pollInterval: optional(integer(1, 3_600)) });

export const jobRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/jobs',
    read: true,
    permissions: [],
    answer({ query }, { state, switches }) {
      const bulkId = query.get('bulkId');
      if (bulkId === null || bulkId === '') throw new Refusal(400, '"bulkId" is required');
      const shown = [...state.jobs.values()].filter((job) => job.bulkId === bulkId).map((job) => show(job, switches));
      return json(switches.jobsForm === 'map' ? Object.fromEntries(shown.map((job) => [job.id, job])) : shown);
    },
  },
  {
    method: 'POST',
    path: '/jobs/statuses',
    read: true,
    permissions: [],
    async answer({ payload }, { state, switches, closing }) {
      const { jobIds, wait = 0, pollInterval = 1 } = statusesBody(payload ?? {}, '');
      const jobs = jobIds.map((id) => state.jobs.get(id)).filter((job) => job !== undefined);
      const until = wait === -1 ? Infinity : Date.now() + wait * 1_000;
      while (jobs.some((job) => pending(job, switches)) && Date.now() < until) {
        await sleep(Math.min(pollInterval * 1_000, Math.max(until - Date.now(), 1)), undefined, { signal: closing });
      }
      return json(Object.fromEntries(jobs.map((job) => [job.id, show(job, switches)])));
    },
  },
];

function stateOf({ startedAt }: Job, { jobMs, jobEnding }: Switches): JobState {
  const age = Date.now() - startedAt;
  if (age >= jobMs) return jobEnding;
  return age < jobMs / 3 ? 'created' : 'active';
}

function pending(job: Job, switches: Switches): boolean {
  const state = stateOf(job, switches);
  return state === 'created' || state === 'active';
}

function show(job: Job, switches: Switches): { id: string; state: JobState; output: unknown } {
  const state = stateOf(job, switches);
  return { id: job.id, state, output: state === 'failed' ? { message: 'The platform did not answer.' } : null };
}
