import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { EffectivePolicy, Plan, PlannedScript, PreparedPlan } from '../domain/plan.js';
import type { RegistrationRequest } from '../domain/registration-request.js';
import { databaseOf, hasDatabase } from '../rules/platform-facts.js';
import { effectivePolicy } from '../rules/script-policy.js';
import { immutaHost } from '../rules/workflow-id.js';
import type { PlanContent } from '../sql/digest.js';
import { planScript, type ScriptPlan } from '../sql/plan-script.js';
import { summarize } from '../sql/summarize.js';
import { applicationFailure, refusal } from './application-failure.js';
import { fingerprints, jsonOf, planTarget } from './plan-parts.js';
import type { ImmutaConnection, ImmutaPort, Integration, OpenImmuta, ScriptSeal } from './ports.js';
import { readRequest } from './request.js';
import { factsOf } from './target-facts.js';

export interface PreparePlanInput {
  readonly request: RegistrationRequest;
  /** Binds the digest to this run and to those that continue it; absent for `planConnection`, whose plan nobody can decide on. */
  readonly firstRunId?: string | undefined;
}

export interface PreparePlanDependencies {
  readonly openImmuta: OpenImmuta;
  readonly seal: ScriptSeal;
  readonly allowAutomatic: boolean;
}

/** Looks at Immuta, fetches both scripts, and makes the plan that people decide on. Writes nothing. */
export function createPreparePlan(dependencies: PreparePlanDependencies) {
  return async function preparePlan(input: PreparePlanInput): Promise<PreparedPlan> {
    try {
      const request = readRequest(input.request);
      const immuta = dependencies.openImmuta(request.immuta, cancellationSignal());
      const [connection, integrations] = await Promise.all([immuta.getConnection(request.connectionKey), immuta.listIntegrations()]);
      if (connection !== undefined) return unchangedOrConflict(request, connection, integrations);
      refuseTakenHost(request, integrations);
      const scripts = await fetchScripts(immuta, request);
      return preparedPlan(dependencies, request, scripts, input.firstRunId);
    } catch (error) {
      throw applicationFailure(error, activityInfo().activityType);
    }
  };
}

interface Scripts {
  readonly bootstrap: ScriptPlan;
  readonly bootstrapText: string;
  readonly cleanup: ScriptPlan | undefined;
  readonly cleanupText: string | undefined;
}

async function fetchScripts(immuta: ImmutaPort, { target }: RegistrationRequest): Promise<Scripts> {
  const [bootstrapText, cleanupText] = await Promise.all([immuta.bootstrapScript(target), immuta.cleanupScript(target)]);
  return {
    bootstrapText,
    cleanupText,
    bootstrap: planScript(bootstrapText, target.technology, 'bootstrap'),
    cleanup: cleanupText === undefined ? undefined : planScript(cleanupText, target.technology, 'cleanup'),
  };
}

function preparedPlan(
  { seal, allowAutomatic }: PreparePlanDependencies,
  request: RegistrationRequest,
  scripts: Scripts,
  firstRunId: string | undefined,
): PreparedPlan {
  const { privilegedUser, manifestNames, dangers: ofTarget } = factsOf(request.target);
  const { technology: platform } = request.target;
  const bootstrap = scripts.bootstrap.planned;
  const cleanup = scripts.cleanup?.planned;
  const { summary, dangers, classes } = summarize(scripts);
  const policy = effectivePolicy({ asked: request.script.policy, allowAutomatic, bootstrap, cleanup, manifestNames });
  const plan: Plan = {
    ...fingerprints(content(request, scripts), request, firstRunId),
    summary,
    target: planTarget(request),
    privilegedUser,
    dangers: [...dangers, ...ownDangers(cleanup, policy), ...ofTarget],
    classes,
    scripts: [bootstrap, ...(cleanup === undefined ? [] : [cleanup])],
  };
  return {
    kind: 'plan',
    plan,
    policy,
    bootstrap: seal.seal({ platform, purpose: 'bootstrap', text: scripts.bootstrapText, statementHashes: scripts.bootstrap.hashes }),
    ...(scripts.cleanup === undefined || scripts.cleanupText === undefined
      ? {}
      : { cleanup: seal.seal({ platform, purpose: 'cleanup', text: scripts.cleanupText, statementHashes: scripts.cleanup.hashes }) }),
  };
}

/** Everything a decision is about; no secret in it, only references. Any change voids the decision. */
function content(request: RegistrationRequest, { bootstrap, cleanup }: Scripts): PlanContent {
  const { privilegedUser, ...registration } = request.target;
  return {
    operation: 'register',
    immutaHost: immutaHost(request.immuta.url),
    bootstrapSha256: bootstrap.planned.sha256,
    cleanupSha256: cleanup?.planned.sha256 ?? null,
    statementHashes: { bootstrap: bootstrap.hashes, cleanup: cleanup?.hashes ?? [] },
    target: { ...planTarget(request) },
    privilegedUser: jsonOf(privilegedUser),
    registration: jsonOf({ connectionKey: request.connectionKey, ...registration }),
    integrationId: null,
    childCeiling: null,
  };
}

function unchangedOrConflict(request: RegistrationRequest, connection: ImmutaConnection, integrations: readonly Integration[]): PreparedPlan {
  const { target } = request;
  const { kind, name } = databaseOf(target);
  const integration = integrations.find(({ id }) => id === connection.integrationId);
  const differing = [
    ['host', connection.host, target.host.toLowerCase()],
    ['role', connection.role, factsOf(target).role],
    ['authenticationType', connection.authenticationType, target.systemAccount.authenticationType],
    [kind, hasDatabase(target, integration?.database) ? name : integration?.database, name],
    ['integration status', integration?.status, 'enabled'],
  ].find(([, found, wanted]) => found !== wanted);
  if (integration !== undefined && differing === undefined) return { kind: 'unchanged', integrationId: integration.id };
  const [field, found, wanted] = differing ?? ['integration', 'none', 'enabled'];
  throw refusal(
    'conflict',
    `The connection "${connection.connectionKey}" is registered already with another ${field}: ${found ?? 'none'} instead of ${wanted ?? 'none'}.`,
    'Register under another key, or take the old connection out first.',
  );
}

function refuseTakenHost({ target }: RegistrationRequest, integrations: readonly Integration[]): void {
  const taken = integrations.find((integration) => integration.type === target.technology && integration.host === target.host.toLowerCase());
  if (taken === undefined) return;
  throw refusal(
    'conflict',
    `Immuta has an integration on ${target.host} already (id ${taken.id}, ${databaseOf(target).kind} ${taken.database ?? 'unknown'}, ${taken.status}).`,
    'Immuta takes one integration for each host. Use its connection, or remove that integration first.',
  );
}

function ownDangers(cleanup: PlannedScript | undefined, policy: EffectivePolicy): string[] {
  const dangers: string[] = [];
  if (cleanup === undefined)
    dangers.push('Immuta gives no cleanup script: if the registration fails, a person has to remove what the bootstrap script made.');
  if (policy.asked !== policy.effective) dangers.push(`Asked for "${policy.asked}", but ${policy.because}`);
  return dangers;
}
