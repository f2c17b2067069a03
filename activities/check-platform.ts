import { cancellationSignal } from '@temporalio/activity';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import { secretFields } from '../domain/secret-fields.js';
import type { Check } from '../rules/check.js';
import { failedBy, passed, skipped } from '../rules/check.js';
import { asPortError } from './application-failure.js';
import { lookAtPlatform } from './platform-checks.js';
import type { ObjectState, OpenPlatform, PortError, ResolveSecret } from './ports.js';
import { readConnectionRequest, refuseShortTiming } from './request.js';
import { checkSecrets } from './secret-check.js';

export interface PlatformCheckup {
  readonly checks: readonly Check[];
  /** The objects the manifest names; empty where nobody could look. */
  readonly existing: readonly ObjectState[];
}

export interface CheckPlatformDependencies {
  readonly openPlatform: OpenPlatform;
  readonly resolveSecret: ResolveSecret;
  readonly allowShortTiming: boolean;
}

/** All checks of the platform, as the privileged user. What fails is a check that failed, never a failure of the step. */
export function createCheckPlatform({ openPlatform, resolveSecret, allowShortTiming }: CheckPlatformDependencies) {
  return async function checkPlatform(input: { readonly request: ConnectionRequest }): Promise<PlatformCheckup> {
    const checks: Check[] = [];
    const attempt = async <T>(name: string, work: () => T | Promise<T>): Promise<T | undefined> => {
      try {
        return await work();
      } catch (error) {
        checks.push(failedBy(name, asPortError(error)));
        return undefined;
      }
    };

    const request = await attempt('request', () => readConnectionRequest(input.request));
    if (request === undefined) return { checks, existing: [] };
    await attempt('timing', () => refuseShortTiming(request, allowShortTiming));
    const secrets = await checkSecrets('privileged user secrets', secretFields(request.target.privilegedUser), resolveSecret);
    checks.push(secrets);
    if (secrets.status === 'failed') return { checks: [...checks, ...notAsked('The credential cannot be had.')], existing: [] };

    const { host, technology } = request.target;
    try {
      const { checks: found, existing } = await lookAtPlatform(openPlatform, request, cancellationSignal());
      checks.push(
        passed('platform', `${technology} answers at ${host}.`),
        passed('login', `The credential is accepted (${request.target.privilegedUser.authenticationType}).`),
        ...found,
      );
      return { checks, existing };
    } catch (error) {
      return { checks: [...checks, ...withoutLogin(asPortError(error), `${technology} answers at ${host}.`)], existing: [] };
    }
  };
}

/** Only what the platform itself refused has been there. */
function withoutLogin(error: PortError, answers: string): readonly Check[] {
  const refused = error.kind === 'credential-refused' || error.kind === 'permission-missing';
  if (!refused)
    return [failedBy('platform', error), skipped('login', 'It did not come to a login.'), skipped('platform checks', 'They need a login.')];
  const reached = error.code === undefined ? skipped('platform', 'Nothing was sent.') : passed('platform', answers);
  return [reached, failedBy('login', error), skipped('platform checks', 'They need a login.')];
}

function notAsked(reason: string): readonly Check[] {
  return ['platform', 'login', 'platform checks'].map((name) => skipped(name, reason));
}
