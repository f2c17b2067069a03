import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect } from 'vitest';
import type { ObjectState, PlatformSession, ScriptSeal, StatementRecord } from '../../activities/ports.js';
import type { ObjectReference } from '../../domain/plan.js';
import { createRunScript, type RunScriptInput, type ScriptRun } from '../../activities/run-script.js';
import type { Decision } from '../../domain/decision.js';
import type { RegistrationRequest } from '../../domain/registration-request.js';
import type { Platform as PlatformName, SealedScript } from '../../domain/script.js';
import type { Journal, Place } from '../../rules/journal.js';
import { planScript } from '../../sql/plan-script.js';

// What the tests of `runScript` share: one call of it in a mock activity, on a platform that answers what a test tells it to.

export const text = `USE ROLE SYSADMIN;
CREATE DATABASE "IMMUTA";
GRANT USAGE ON DATABASE "IMMUTA" TO ROLE "IMMUTA_SYSTEM";
CREATE TABLE "IMMUTA".PUBLIC.T (A INT);`;

export const request: RegistrationRequest = {
  connectionKey: 'snow',
  immuta: { url: 'https://acme.example', authentication: 'apiKey', secret: 'env:IMMUTA_KEY' },
  target: {
    technology: 'Snowflake',
    host: 'acme.example',
    port: 443,
    warehouse: 'WH',
    database: 'IMMUTA',
    systemAccount: { authenticationType: 'userPassword', username: 'S', password: 'env:IMMUTA_P', role: 'R' },
    privilegedUser: { authenticationType: 'userPassword', username: 'ADMIN', password: 'env:SNOWFLAKE_P', role: 'ACCOUNTADMIN' },
    audit: { enabled: true },
    impersonation: { enabled: false },
    settings: { isActive: false },
    options: { forceRecursiveCrawl: true },
  },
  script: { policy: 'approval', expiresAfter: '1h' },
  requester: 'ada',
  timing: { quietPeriod: '1ms', heartbeatTimeout: '5s', verifyDeadline: '1m', pollInterval: '1s' },
};

export const approved: Decision = { by: 'bob', verdict: 'approve', channel: 'signal', at: '2026-01-01T00:00:00Z' };
export const identity = { user: 'ADMIN', role: 'ACCOUNTADMIN' };

export function sealed(script = text, platform: PlatformName = 'Snowflake'): SealedScript {
  const { planned, hashes } = planScript(script, platform, 'bootstrap');
  return { platform, purpose: 'bootstrap', sha256: planned.sha256, statementHashes: hashes, sealed: script };
}

export interface Platform {
  readonly sent: { index: number; text: string; tag: string }[];
  /** What each statement answers: nothing, or an error. Counted over all attempts. */
  answer: (index: number) => Error | undefined;
  history: readonly StatementRecord[] | 'unavailable';
  /** What it shows once a statement was cancelled; else the same. */
  historyAfterCancel?: readonly StatementRecord[];
  readonly cancelled: string[];
  /** How an object stands. */
  look: (object: ObjectReference) => ObjectState;
  /** Where a new session stands; `undefined` where the platform does not tell. */
  stands: Place | undefined;
  /** Where the session stands behind each statement. */
  place: (index: number) => Place | undefined;
  readonly moves: Place[];
  /** The roles that may not move anywhere. */
  confined: readonly string[];
  /** How often the history was asked. */
  asked: number;
  /** So many questions for the history fail first. */
  hiccups: number;
}

export function given(): Platform {
  return {
    sent: [],
    answer: () => undefined,
    history: [],
    cancelled: [],
    look: (object) => ({ object, exists: true }),
    stands: undefined,
    place: () => undefined,
    moves: [],
    confined: [],
    asked: 0,
    hiccups: 0,
  };
}

export function portError(kind: string, ambiguous: boolean): Error {
  return Object.assign(new Error(`the platform said ${kind}`), { kind, next: 'look', ambiguous });
}

export async function run(
  platform: Platform,
  {
    input = {},
    attempt = 1,
    journal,
    allowAutomatic = false,
    seal = { seal: () => sealed(), open: (script) => script.sealed },
    refusedRecords = 0,
  }: {
    input?: Partial<RunScriptInput>;
    attempt?: number;
    journal?: Journal;
    allowAutomatic?: boolean;
    seal?: ScriptSeal;
    /** So many records the server does not take, first of all. */
    refusedRecords?: number;
  } = {},
) {
  const stored: Journal[] = [];
  let asked = 0;
  const heartbeat = async (_token: unknown, details: Journal): Promise<void> => {
    if (++asked <= refusedRecords) throw new Error('the server is away');
    stored.push(details);
  };
  const client = {
    activity: { heartbeat },
    withAbortSignal: (_signal: AbortSignal, call: () => unknown) => call(),
  } as unknown as Client;
  const environment = new MockActivityEnvironment(
    { attempt, ...(journal === undefined ? {} : { heartbeatDetails: journal }) },
    { client, logger: new DefaultLogger('ERROR', () => undefined) },
  );
  const session: PlatformSession = {
    identity,
    clockOffsetMs: 0,
    preflight: async () => ({ checks: [], existing: [] }),
    decide: async () => undefined,
    async execute({ index, text: statement, tag }) {
      expect(tag.includes('restore') || (stored.at(-1)?.mayHaveSentThrough ?? -1) >= index).toBe(true); // written ahead, always
      platform.sent.push({ index, text: statement, tag });
      const error = platform.answer(index);
      if (error !== undefined) throw error;
      const role = /^USE ROLE (\w+)$/.exec(statement)?.[1];
      if (role !== undefined && platform.stands !== undefined) platform.stands = { ...platform.stands, role };
      return { queryId: `q${index}`, place: platform.place(index) };
    },
    async moveTo(place) {
      if (platform.stands === undefined) return undefined;
      const moved = Object.fromEntries(Object.entries(place).filter(([part, name]) => part !== 'role' && name !== undefined));
      const { role = '' } = platform.stands;
      if (Object.keys(moved).length > 0 && platform.confined.includes(role)) throw portError('not-found', false);
      if (Object.keys(moved).length > 0) platform.moves.push(moved);
      platform.stands = { ...platform.stands, ...moved };
      return platform.stands;
    },
    async history() {
      platform.asked++;
      return platform.asked <= platform.hiccups ? 'unavailable' : platform.history;
    },
    inspect: async (objects) => objects.map(platform.look),
    async cancel(queryId) {
      platform.cancelled.push(queryId);
      platform.history = platform.historyAfterCancel ?? platform.history;
      return 'asked';
    },
    close: async () => undefined,
    kill: async () => undefined,
  };
  const runScript = createRunScript({
    openPlatform: async () => session,
    seal,
    allowAutomatic,
    allowShortTiming: true,
  });
  const whole: RunScriptInput = {
    request,
    script: sealed(),
    decisions: [approved],
    identity,
    historyReadable: true,
    targets: [{ kind: 'database', name: 'IMMUTA' }],
    ...input,
  };
  const result: Promise<ScriptRun> = environment.run(runScript, whole);
  return { result, stored };
}

export const tagged = (index: number, state: StatementRecord['state']): StatementRecord => ({
  tag: `mooring/${runId}/bootstrap/${index}/1`,
  queryId: `q${index}`,
  state,
  startedAt: '2026-01-01T00:00:00.000Z',
});
export const runId = '00000000-0000-0000-0000-000000000000'; // the mock environment's own
