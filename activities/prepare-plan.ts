import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { Plan, PreparedPlan } from '../domain/plan.js';
import type { RegistrationRequest } from '../domain/registration-request.js';
import { effectivePolicy } from '../rules/script-policy.js';
import { immutaHost } from '../rules/workflow-id.js';
import type { PlanContent } from '../sql/digest.js';
import { planScript, type ScriptPlan } from '../sql/plan-script.js';
import { summarize } from '../sql/summarize.js';
import { applicationFailure, refuseFailed } from './application-failure.js';
import { integrationOf, lookAtImmuta, registrationChecks } from './immuta-checks.js';
import { fingerprints, jsonOf, planTarget } from './plan-parts.js';
import type { ImmutaPort, OpenImmuta, ScriptSeal } from './ports.js';
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
      const look = await lookAtImmuta(immuta, request.connectionKey);
      refuseFailed(registrationChecks(request, look));
      const registered = integrationOf(look);
      if (registered !== undefined) return { kind: 'unchanged', integrationId: registered.id };
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
    dangers: [...dangers, ...(policy.asked === policy.effective ? [] : [`Asked for "${policy.asked}", but ${policy.because}`]), ...ofTarget],
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
