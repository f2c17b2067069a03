import { cancellationSignal } from '@temporalio/activity';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import { secretFields } from '../domain/secret-fields.js';
import type { Check } from '../rules/check.js';
import { failedBy, passed, skipped, warning } from '../rules/check.js';
import { immutaHost } from '../rules/workflow-id.js';
import { asPortError } from './application-failure.js';
import { lookAtImmuta, registrationChecks, removalChecks } from './immuta-checks.js';
import type { ImmutaPort, OpenImmuta, PortError, ResolveSecret } from './ports.js';
import { readConnectionRequest } from './request.js';
import { checkSecrets } from './secret-check.js';
import { factsOf } from './target-facts.js';

export interface ImmutaCheckup {
  readonly checks: readonly Check[];
  /** Whether Immuta has a connection of this key; `undefined` where nobody could look. */
  readonly registered?: boolean | undefined;
}

export interface CheckImmutaDependencies {
  readonly openImmuta: OpenImmuta;
  readonly resolveSecret: ResolveSecret;
}

const clockToleranceMs = 60_000; // whose connection it is is judged by creation times

/** All checks of Immuta and of the secrets that go there. What fails is a check that failed, never a failure of the step. */
export function createCheckImmuta({ openImmuta, resolveSecret }: CheckImmutaDependencies) {
  return async function checkImmuta(input: { readonly request: ConnectionRequest }): Promise<ImmutaCheckup> {
    let request: ConnectionRequest;
    try {
      request = readConnectionRequest(input.request);
    } catch (error) {
      return { checks: [failedBy('request', asPortError(error))] };
    }
    const { systemAccount } = request.target;
    const own = await checkSecrets('Immuta secret', secretFields(request.immuta), resolveSecret);
    const secrets = [own, await checkSecrets('system account secrets', secretFields(systemAccount), resolveSecret), ...passwordWarnings(request)];
    if (own.status === 'failed') return { checks: [...secrets, ...notAsked('The credential cannot be had.')] };

    const immuta = openImmuta(request.immuta, cancellationSignal());
    try {
      const look = await lookAtImmuta(immuta, request.connectionKey);
      const found = 'operation' in request ? removalChecks(request, look) : registrationChecks(request, look);
      return { checks: [...secrets, ...Object.values(reached(request)), ...found, checkClock(immuta)], registered: look.connection !== undefined };
    } catch (error) {
      return { checks: [...secrets, ...stopped(request, asPortError(error))] };
    }
  };
}

/** What the first call proves when it succeeds: there is an Immuta, it takes the credential, and the credential may. */
function reached({ immuta: { url, authentication } }: ConnectionRequest) {
  return {
    answers: passed('Immuta', `Immuta answers at ${immutaHost(url)}.`),
    accepted: passed('Immuta credential', `It is accepted (${authentication}).`),
    permitted: passed(
      'Immuta permission',
      'It may read integrations (APPLICATION_ADMIN). Older tenants also ask for CREATE_DATA_SOURCE, which only the registration shows.',
    ),
  };
}

/** Where the first call ended says how far it came. */
function stopped(request: ConnectionRequest, error: PortError): readonly Check[] {
  const { answers, accepted } = reached(request);
  const unseen = later.map((name) => skipped(name, 'Immuta did not let us look.'));
  if (error.kind === 'permission-missing') return [answers, accepted, failedBy('Immuta permission', error), ...unseen];
  const unknown = skipped('Immuta permission', 'It needs a credential that is accepted.');
  if (error.kind === 'credential-refused') return [answers, failedBy('Immuta credential', error), unknown, ...unseen];
  if (error.kind === 'secret-unavailable') return [skipped('Immuta', 'Nothing was sent.'), failedBy('Immuta credential', error), unknown, ...unseen];
  return [failedBy('Immuta', error), ...notAsked('Immuta was not reached.').slice(1)];
}

const later = ['connection key', 'integration', 'Immuta clock'] as const;

function notAsked(reason: string): readonly Check[] {
  return ['Immuta', 'Immuta credential', 'Immuta permission', ...later].map((name) => skipped(name, reason));
}

function passwordWarnings({ target }: ConnectionRequest): readonly Check[] {
  return factsOf(target).dangers.map((danger) =>
    warning('passwords', danger, 'Give both accounts a key pair: ALTER USER ... SET RSA_PUBLIC_KEY = ...'),
  );
}

function checkClock({ clockSkewMs }: ImmutaPort): Check {
  const name = 'Immuta clock';
  const seconds = Math.abs(Math.round(clockSkewMs / 1_000));
  if (Math.abs(clockSkewMs) <= clockToleranceMs) return passed(name, `Immuta's clock and ours differ by ${seconds} s.`);
  return warning(
    name,
    `Our clock is ${seconds} s ${clockSkewMs > 0 ? 'behind' : 'ahead of'} Immuta's; expected at most ${clockToleranceMs / 1_000} s.`,
    'Let NTP set the clock of the machine that runs the worker.',
  );
}
