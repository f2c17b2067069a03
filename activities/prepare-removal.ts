// Finds what is to be taken out, and makes the plan that people decide on. The script is fetched and sealed while the integration's id still exists:
// after the DELETE there may be nothing left to fetch it from. Writes nothing.
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { EffectivePolicy, Plan, PreparedRemoval } from '../domain/plan.js';
import { databaseOf, isOnTarget } from '../rules/platform-facts.js';
import { effectivePolicy } from '../rules/script-policy.js';
import { immutaHost } from '../rules/workflow-id.js';
import type { PlanContent } from '../sql/digest.js';
import { planScript, type ScriptPlan } from '../sql/plan-script.js';
import { summarize } from '../sql/summarize.js';
import { applicationFailure, refusal } from './application-failure.js';
import { fingerprints, jsonOf, planTarget } from './plan-parts.js';
import type { ImmutaConnection, ImmutaPort, Integration, OpenImmuta, ScriptSeal } from './ports.js';
import { readConnectionRequest } from './request.js';
import { factsOf } from './target-facts.js';

export interface PrepareRemovalInput {
  readonly request: ConnectionRequest;
  /** Binds the digest to this run; absent for `planConnection`. */
  readonly firstRunId?: string | undefined;
  /** An integration of this run that stands without its connection: its script alone is planned. */
  readonly remnant?: number | undefined;
}

export interface PrepareRemovalDependencies {
  readonly openImmuta: OpenImmuta;
  readonly seal: ScriptSeal;
  readonly allowAutomatic: boolean;
}

export function createPrepareRemoval(dependencies: PrepareRemovalDependencies) {
  return async function prepareRemoval(input: PrepareRemovalInput): Promise<PreparedRemoval> {
    try {
      const request = readConnectionRequest(input.request);
      const immuta = dependencies.openImmuta(request.immuta, cancellationSignal());
      const connection = await immuta.getConnection(request.connectionKey);
      if (connection === undefined && input.remnant === undefined) return { kind: 'absent' };
      if (connection !== undefined) refuseOtherPlatform(request, connection);
      const integration = await findIntegration(immuta, request, connection?.integrationId ?? input.remnant);
      const [children, text] = await Promise.all([
        connection === undefined ? undefined : immuta.countChildren(request.connectionKey),
        immuta.deletionScript(integration.id),
      ]);
      const script = planScript(text, request.target.technology, 'cleanup');
      const { allowAutomatic, seal } = dependencies;
      return {
        kind: 'plan',
        ...removalPlan({ request, allowAutomatic, script, integration, children, firstRunId: input.firstRunId, connected: connection !== undefined }),
        cleanup: seal.seal({ platform: request.target.technology, purpose: 'cleanup', text, statementHashes: script.hashes }),
        integrationId: integration.id,
        childCeiling: children?.count ?? null,
        ...(connection?.createdAt === undefined ? {} : { createdAt: connection.createdAt }),
      };
    } catch (error) {
      throw applicationFailure(error, activityInfo().activityType);
    }
  };
}

function refuseOtherPlatform({ connectionKey, target }: ConnectionRequest, { technology, host }: ImmutaConnection): void {
  const differing = [
    ['host', host, target.host.toLowerCase()],
    ['technology', technology, target.technology],
  ].find(([, found, wanted]) => found !== undefined && found !== wanted);
  if (differing === undefined) return;
  const [field, found, wanted] = differing;
  throw refusal(
    'conflict',
    `The connection "${connectionKey}" stands in Immuta with another ${field}: ${found} instead of ${wanted}. Nothing was deleted.`,
    'It is not what the manifest describes. Correct the manifest, or leave the connection alone.',
  );
}

/** Immuta's own link first, then the one that matches, then the one named by hand; and whichever it is must be on our host and database. */
async function findIntegration(immuta: ImmutaPort, request: ConnectionRequest, linked: number | undefined): Promise<Integration> {
  const named = 'operation' in request ? request.integrationId : undefined;
  if (linked !== undefined && named !== undefined && linked !== named)
    throw refusal(
      'conflict',
      `Immuta says that the connection "${request.connectionKey}" has integration ${linked}, not ${named}. Nothing was deleted.`,
      'Leave --integration-id out, or give the one that Immuta shows.',
    );
  const id = linked ?? named;
  return id === undefined
    ? theOnlyMatch(await immuta.listIntegrations(), request)
    : matching(await immuta.getIntegration(id), id, request, linked === undefined);
}

function theOnlyMatch(integrations: readonly Integration[], request: ConnectionRequest): Integration {
  const [first, ...others] = integrations.filter((integration) => isOnTarget(request.target, integration));
  if (first !== undefined && others.length === 0) return first;
  const { host } = request.target;
  const { kind, name } = databaseOf(request.target);
  if (first === undefined)
    throw refusal(
      'not-found',
      `Immuta does not say which integration the connection "${request.connectionKey}" has, and lists none on ${host} with ${kind} ${name}. Nothing was deleted.`,
      `Compare host and ${kind} of the manifest with Immuta, or name the integration with --integration-id.`,
    );
  throw refusal(
    'conflict',
    `Several integrations could be meant on ${host} with ${kind} ${name}: ${[first, ...others].map(({ id }) => id).join(', ')}. Nothing was deleted.`,
    'Look at them in Immuta, and name the right one with --integration-id.',
  );
}

function matching(integration: Integration | undefined, id: number, request: ConnectionRequest, byHand: boolean): Integration {
  if (integration === undefined && byHand)
    throw refusal('not-found', `Immuta has no integration ${id}. Nothing was deleted.`, 'Give --integration-id the number that Immuta shows.');
  if (integration === undefined)
    throw refusal(
      'not-found',
      `Integration ${id} of the connection "${request.connectionKey}" is gone already, so Immuta has no cleanup script for it. Nothing was deleted.`,
      'Look at the connection in Immuta; what is left of it has to be removed there, and on the platform by hand.',
    );
  if (isOnTarget(request.target, integration)) return integration;
  const { type, host, database } = integration;
  const { kind, name } = databaseOf(request.target);
  throw refusal(
    'conflict',
    `Integration ${id} is ${type} on ${host ?? 'an unknown host'} with ${kind} ${database ?? 'unknown'}, not ${request.target.technology} on ${request.target.host} with ${kind} ${name}. Nothing was deleted.`,
    'Its script would drop something else. Compare the manifest with Immuta.',
  );
}

interface Facts {
  readonly request: ConnectionRequest;
  readonly allowAutomatic: boolean;
  readonly script: ScriptPlan;
  readonly integration: Integration;
  readonly children: { readonly count: number; readonly exact: boolean } | undefined;
  readonly firstRunId: string | undefined;
  /** False for an integration that stands without its connection. */
  readonly connected: boolean;
}

function removalPlan({ request, allowAutomatic, script, integration, children, firstRunId, connected }: Facts): {
  plan: Plan;
  policy: EffectivePolicy;
} {
  const { connectionKey, target } = request;
  const { privilegedUser, manifestNames } = factsOf(target);
  const cleanup = script.planned;
  const { summary, dangers, classes } = summarize({ cleanup: script });
  const policy = effectivePolicy({
    asked: request.script.policy,
    allowAutomatic,
    bootstrap: undefined,
    cleanup,
    manifestNames,
  });
  const plan: Plan = {
    ...fingerprints(contentOf(request, script, integration, children?.count ?? null), request, firstRunId),
    summary: `${connected ? `Deletes the connection ${connectionKey} (integration ${integration.id})` : `Removes integration ${integration.id}, which has no connection,`} in Immuta. ${summary}`,
    target: planTarget(request),
    privilegedUser,
    dangers: [
      ...(connected
        ? [childrenInWords(children), 'After the connection is deleted in Immuta the run only goes forward: it cannot be cancelled or undone.']
        : []),
      ...dangers,
      ...(policy.asked === policy.effective ? [] : [`Asked for "${policy.asked}", but ${policy.because}`]),
    ],
    classes,
    scripts: [cleanup],
  };
  return { plan, policy };
}

function childrenInWords(children: Facts['children']): string {
  if (children === undefined) return 'Immuta does not say how many data objects go with the connection.';
  const least = children.exact ? '' : 'at least ';
  return `With the connection go ${least}${children.count} data object${children.count === 1 ? '' : 's'} directly under it, everything below, and the policies on all of it.`;
}

/** Everything a decision is about; the registration payload is none of it. */
function contentOf(request: ConnectionRequest, script: ScriptPlan, integration: Integration, childCeiling: number | null): PlanContent {
  const { target } = request;
  return {
    operation: 'deregister',
    immutaHost: immutaHost(request.immuta.url),
    bootstrapSha256: null,
    cleanupSha256: script.planned.sha256,
    statementHashes: { bootstrap: [], cleanup: script.hashes },
    target: { ...planTarget(request) },
    privilegedUser: jsonOf(target.privilegedUser),
    registration: null,
    integrationId: integration.id,
    childCeiling,
  };
}
