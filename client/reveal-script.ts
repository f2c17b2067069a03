// Opens a sealed script on this machine, for a person who runs it elsewhere or wants to see all of it. Whoever holds the key of the workers may; but
// the run records it first, and where it cannot be recorded nothing is opened. It goes into a file or a pipe, never onto a terminal: it may hold a
// password, and its bytes are Immuta's, not ours.
import type { Purpose } from '../domain/script.js';
import { readKeyRing } from '../secrets/key-ring.js';
import { createScriptSeal } from '../secrets/sealed-script.js';
import { ScriptError, SecretError } from '../secrets/secret-error.js';
import { CommandError } from './command-error.js';
import type { Connections } from './connections.js';
import type { RunState } from './run-state.js';
import { isOpen } from './run-state.js';

export interface RevealChoices {
  readonly by: string;
  /** Default: the script that the run is about now. */
  readonly purpose?: Purpose | undefined;
  /** `MOORING_SCRIPT_KEYS`. */
  readonly keysFile: string | undefined;
}

export interface RevealedScript {
  readonly purpose: Purpose;
  readonly sha256: string;
  readonly text: string;
}

/** The text of one script, byte for byte as Immuta gave it. Throws a `CommandError`. */
export async function revealScript(
  connections: Pick<Connections, 'sealedOf' | 'noteReveal'>,
  state: RunState,
  { by, purpose = purposeNow(state), keysFile }: RevealChoices,
): Promise<RevealedScript> {
  if (keysFile === undefined || keysFile === '')
    throw new CommandError(
      'usage',
      'MOORING_SCRIPT_KEYS is not set, so no script can be opened.',
      'Name the key file of the workers, or ask who holds it.',
    );
  if (!isOpen(state))
    throw new CommandError(
      'refused',
      'The run has ended, so it could not record who opens its script.',
      'See the redacted text with "mooring show --script".',
    );
  const seal = createScriptSeal(await readKeyRing(keysFile).catch(asCommandError));
  const sealed = (await connections.sealedOf(state, state.gate?.digest))[purpose];
  if (sealed === undefined)
    throw new CommandError('not-found', `The run ${state.runId} has no ${purpose} script.`, 'See "mooring show", and choose with --purpose.');
  await record(connections, state, by, purpose);
  try {
    return { purpose, sha256: sealed.sha256, text: seal.open(sealed) };
  } catch (error) {
    return asCommandError(error);
  }
}

async function record(connections: Pick<Connections, 'noteReveal'>, { workflowId, runId }: RunState, by: string, purpose: Purpose): Promise<void> {
  const answer = await connections.noteReveal({ workflowId, runId }, by, purpose);
  if (answer.accepted === true) return;
  const why = answer.accepted === 'unanswered' ? 'No worker answered in time.' : (answer.reason ?? 'The run gave no reason.');
  throw new CommandError(
    'refused',
    `The run did not record who opens its script, so it stays sealed. ${why}`,
    'Start a worker with "mooring worker", then try again.',
  );
}

/** What a deregistration or an undo is about is the cleanup script; before that it is the bootstrap script. */
export function purposeNow({ operation, phase, gate }: RunState): Purpose {
  const asked = gate?.attention?.id ?? '';
  return operation === 'deregister' || phase === 'undoing' || /^(external-cleanup|undo|cleanup)/.test(asked) ? 'cleanup' : 'bootstrap';
}

function asCommandError(error: unknown): never {
  throw error instanceof SecretError || error instanceof ScriptError ? new CommandError('usage', error.message, error.next) : error;
}
