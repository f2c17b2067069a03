// Injected faults, at the edge: what they do to the answer of a request. What they do to a statement is a Disturbance (query-runner.ts).
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Faults } from '../faults.js';
import type { Ledger } from '../ledger.js';
import { sendJson, sendText } from './http.js';
import type { Answer } from './wire.js';
import { failure } from './wire.js';

/** Counts a call at each of its places and gives the first fault met, one that names the call before others; the ledger hears of it. */
export function meetFault(faults: Faults, ledger: Ledger, places: readonly string[], content?: string): Fault | undefined {
  const met = places.map((place) => faults.meet(place, content)).filter((fault) => fault !== undefined);
  const fault = met.find(({ matching }) => matching !== undefined) ?? met[0];
  if (fault !== undefined)
    ledger.record({
      simulator: 'snowflake',
      kind: 'fault',
      where: fault.where,
      fault: fault.kind,
      ...(fault.matching === undefined ? {} : { matching: fault.matching }),
    });
  return fault;
}

/**
 * Answers a request the way the fault says. `refuse`, `drop-before`, `silence-before`, `status` and `hang` leave the work undone;
 * `drop-after`, `silence-after` and `garbage` do it and spoil the answer.
 */
export async function answerWithFault(
  response: ServerResponse,
  fault: Fault | undefined,
  work: () => Promise<Answer> | Answer,
  refusal: (code: string | undefined) => Answer = internalError,
): Promise<void> {
  if (fault === undefined) {
    sendJson(response, await work());
    return;
  }
  switch (fault.kind) {
    case 'refuse':
      sendJson(response, refusal(fault.code));
      return;
    case 'drop-before':
      response.destroy();
      return;
    case 'drop-after':
      await work();
      response.destroy();
      return;
    case 'silence-after':
      await work();
      return;
    case 'delay':
    case 'late':
      await sleep(fault.delayMs ?? 0);
      sendJson(response, await work());
      return;
    case 'status':
      sendText(response, fault.body ?? '{"message":"injected"}', fault.status ?? 503, fault.headers);
      return;
    case 'garbage':
      await work();
      sendText(response, fault.body ?? '<html><body>Bad gateway</body></html>', 200, { 'content-type': 'text/html' });
      return;
    case 'pretend': // befalls the statement, not its answer
      sendJson(response, await work());
      return;
    case 'silence-before':
    case 'hang':
      return;
    default:
      fault.kind satisfies never;
  }
}

function internalError(code = '000603'): Answer {
  return failure(code, 'SQL execution internal error: injected refusal.', { errorCode: code, sqlState: 'XX000' });
}
