import type { Fault } from '../faults.js';
import { json } from './answer.js';
import type { Answer } from './answer.js';
import { Refusal } from './refusal.js';

const loginPage = '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form method="post">Sign in to continue</form></body></html>\n';

/** What a fault makes Immuta (or what stands before it) answer without doing anything; `undefined` when the request is to be carried out. */
export function insteadOf(fault: Fault | undefined): Answer | undefined {
  if (fault === undefined) return undefined;
  switch (fault.kind) {
    case 'refuse':
      return refusal(fault, fault.status ?? 400);
    case 'status':
      return refusal(fault, fault.status ?? 500);
    case 'garbage': {
      const body = fault.body ?? loginPage;
      const contentType = body.trimStart().startsWith('<') ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
      return { status: fault.status ?? 200, contentType, body, headers: fault.headers ?? {} };
    }
    case 'drop-before':
    case 'drop-after':
    case 'silence-before':
    case 'silence-after':
    case 'delay':
    case 'late':
    case 'hang':
    case 'pretend': // of statements alone
      return undefined;
  }
}

function refusal({ body, headers, code }: Fault, status: number): Answer {
  const made = json(
    new Refusal(status, code === undefined ? 'The request was refused by a fault of the simulator' : `Refused with code ${code}`).body,
    status,
  );
  return { ...made, body: body ?? made.body, headers: headers ?? {} };
}
