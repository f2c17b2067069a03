// What `mooring doctor` asks for: every check that only workers can make, because only they hold secrets. It writes nothing, needs no lock and ends
// whatever it finds: a check that failed is an answer. Even without the key it ends, where a run would wait for it.
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { Check } from '../rules/check.js';
import { failed, failedBy } from '../rules/check.js';
import type { FailureKind } from '../rules/failure-kind.js';
import { checksFor, checksForRegistered } from '../rules/standing-checks.js';
import { checkActivities } from './activity-options.js';
import { failureOf } from './failure-of.js';
import { readInput } from './read-input.js';

/** What workers found, by the queue they serve. */
export interface Checkup {
  readonly immuta: readonly Check[];
  readonly platform: readonly Check[];
}

export async function checkConnection(input: ConnectionRequest): Promise<Checkup> {
  if (isUndecodable(input)) throw ApplicationFailure.nonRetryable('The request cannot be decoded here.', 'secret-unavailable' satisfies FailureKind);
  const request = readInput(input);
  const { checkImmuta, checkPlatform } = checkActivities();
  const [immuta, platform] = await Promise.all([
    answered(checkImmuta({ request }), 'worker for Immuta'),
    answered(checkPlatform({ request }), 'worker for the platform'),
  ]);
  const found = platform.checks;
  if (!('existing' in platform)) return { immuta: immuta.checks, platform: found };
  if ('registered' in immuta && immuta.registered === true) return { immuta: immuta.checks, platform: checksForRegistered(found, platform.existing) };
  return { immuta: immuta.checks, platform: checksFor(request, found) };
}

/** What a step gave, or the one check that says why it gave nothing. */
async function answered<Checked extends object>(step: Promise<Checked>, name: string): Promise<Checked | { readonly checks: readonly Check[] }> {
  try {
    const given = await step;
    return isUndecodable(given) ? { checks: [otherKey(name)] } : given;
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return { checks: [unanswered(error, name)] };
  }
}

function unanswered(error: ActivityFailure, name: string): Check {
  const late = error.cause instanceof TimeoutFailure && error.cause.timeoutType === 'SCHEDULE_TO_START';
  if (!late) return failedBy(name, failureOf(error).failure);
  return failed(
    name,
    'timeout',
    'No worker took the checks within 10 s: none is there any more, or all of its places are taken.',
    'Start one more worker, and ask again.',
  );
}

function isUndecodable(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'undecodable' in payload;
}

function otherKey(name: string): Check {
  return failed(
    name,
    'secret-unavailable',
    'What this worker answered is encrypted with a key that the worker for the workflows does not have.',
    'Give all workers and commands the same MOORING_CODEC_KEYS, and restart the workers.',
  );
}
