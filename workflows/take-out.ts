// What compensation does about Immuta: takes out the connection of a failed registration in the whole deregister order, or the integration that was
// left without one. A script that is not the decided one runs only statement by statement the same, or after a person answered with its digest.
import { workflowInfo } from '@temporalio/workflow';
import type { PlatformPreflight } from '../activities/preflight-platform.js';
import type { Sent } from '../activities/create-connection.js';
import type { PreparedRemoval } from '../domain/plan.js';
import type { RegistrationRequest } from '../domain/registration-request.js';
import type { Activities } from './activity-options.js';
import type { Cleanup, CleanUp, Unfinished } from './clean-up.js';
import { failureOf } from './failure-of.js';

export type Removal = PreparedRemoval & { readonly kind: 'plan' };

/** Why the undo is not done yet; with `removal` a person is asked to decide on that plan. */
export type UnfinishedUndo = Unfinished & { readonly removal?: Removal | undefined };

export class TakeOut {
  readonly #request: RegistrationRequest;
  readonly #activities: Activities;
  readonly #cleanUp: CleanUp;
  #accepted: Removal | undefined;
  #owed: Removal | undefined;
  #deleteSent: Sent | undefined;

  constructor(request: RegistrationRequest, activities: Activities, cleanUp: CleanUp) {
    this.#request = request;
    this.#activities = activities;
    this.#cleanUp = cleanUp;
  }

  /** The script of a connection or integration that was taken out, or is being taken out, by this undo: it is what the platform is owed. */
  get owed(): Cleanup | undefined {
    return this.#owed;
  }

  /** A person answered with the digest of this plan. */
  accept(removal: Removal): void {
    this.#accepted = removal;
  }

  /** Row 4: script by id, DELETE, wait until Immuta let go, script, proof. `undefined` when all of it is gone. */
  async connection(decided: Cleanup | undefined, platform: PlatformPreflight): Promise<UnfinishedUndo | undefined> {
    const removal = await this.#activities.prepareRemoval({ request: this.#request, firstRunId: workflowInfo().firstExecutionRunId });
    if (removal.kind === 'absent') return { reason: 'The connection has vanished between two looks.', left: [], choices: ['retry', 'abandon'] };
    if (!this.#isAccepted(removal) && !covers(decided, removal)) return asks(removal, `connection ${this.#request.connectionKey}`);
    this.#owed = removal;
    await this.#delete(removal);
    return this.#cleanUp.attempt(removal, platform);
  }

  /** Row 5: wait for a final state, then the script, then the integration itself. `undefined` when all of it is gone. */
  async integration(integrationId: number, decided: Cleanup | undefined, platform: PlatformPreflight): Promise<UnfinishedUndo | undefined> {
    const status = await this.#activities.awaitIntegration({ request: this.#request, integrationId });
    const known = this.#owed ?? (status === 'createError' || status === 'gone' ? decided : undefined);
    if (known !== undefined) return this.#cleanThenRemove(known, platform, integrationId, status);
    if (status === 'gone') return { reason: noScript, left: [], choices: ['retry', 'abandon'] };
    const removal = await this.#activities.prepareRemoval({
      request: this.#request,
      firstRunId: workflowInfo().firstExecutionRunId,
      remnant: integrationId,
    });
    if (removal.kind === 'absent') return { reason: noScript, left: [], choices: ['retry', 'abandon'] };
    if (!this.#isAccepted(removal)) return asks(removal, `integration ${integrationId} (${status})`);
    this.#owed = removal;
    return this.#cleanThenRemove(removal, platform, integrationId, status);
  }

  async #cleanThenRemove(cleanup: Cleanup, platform: PlatformPreflight, integrationId: number, status: string): Promise<UnfinishedUndo | undefined> {
    const unfinished = await this.#cleanUp.attempt(cleanup, platform);
    if (unfinished === undefined && status !== 'gone') await this.#activities.deleteIntegration({ request: this.#request, integrationId });
    return unfinished;
  }

  async #delete({ integrationId, createdAt }: Removal): Promise<void> {
    const sent = this.#deleteSent === undefined ? {} : { sent: this.#deleteSent };
    try {
      // No ceiling: whatever lies under a connection of this run came with it.
      await this.#activities.deleteConnection({ request: this.#request, integrationId, childCeiling: null, createdAt, ...sent });
    } catch (error) {
      this.#deleteSent = failureOf(error).sent ?? this.#deleteSent;
      throw error;
    }
  }

  #isAccepted({ cleanup }: Removal): boolean {
    return this.#accepted?.cleanup.sha256 === cleanup.sha256;
  }
}

const noScript = 'Immuta has no cleanup script for what the registration made. Remove by hand what is listed, then answer retry.';

function asks(removal: Removal, standing: string): UnfinishedUndo {
  return {
    reason: `Immuta gives a cleanup script for the ${standing} that was not decided on. Look at its plan (\`mooring show\`); the answer undo runs it.`,
    left: [standing],
    choices: ['undo', 'retry', 'abandon'],
    removal,
  };
}

/** Whether every statement of a script stands in the one that was decided on. */
function covers(decided: Cleanup | undefined, { cleanup }: Removal): boolean {
  const hashes = new Set(decided?.cleanup.statementHashes);
  return cleanup.statementHashes.every((hash) => hashes.has(hash));
}
