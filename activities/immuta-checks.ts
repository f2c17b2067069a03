// What must be true in Immuta before an operation is worth a decision. `preparePlan` stops at the first check that failed, `checkImmuta` shows all.
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { Check } from '../rules/check.js';
import { failed, passed, warning } from '../rules/check.js';
import { databaseOf, hasDatabase } from '../rules/platform-facts.js';
import type { ImmutaConnection, ImmutaPort, Integration } from './ports.js';
import { factsOf } from './target-facts.js';

/** What Immuta shows of this key and of its platform. */
export interface ImmutaLook {
  readonly connection: ImmutaConnection | undefined;
  readonly integrations: readonly Integration[];
}

/** Throws what the port throws. */
export async function lookAtImmuta(immuta: ImmutaPort, connectionKey: string): Promise<ImmutaLook> {
  const [connection, integrations] = await Promise.all([immuta.getConnection(connectionKey), immuta.listIntegrations()]);
  return { connection, integrations };
}

/** The checks of a registration, in the order in which a person should cure them. All of them pass for a key that is registered as it is asked for. */
export function registrationChecks(request: ConnectionRequest, look: ImmutaLook): readonly Check[] {
  return [checkKey(request, look), checkIntegration(request, look)];
}

/** The same for a key that is only to be taken out. */
export function removalChecks({ connectionKey, target }: ConnectionRequest, { connection }: ImmutaLook): readonly Check[] {
  const name = 'connection key';
  if (connection === undefined)
    return [
      warning(
        name,
        `Immuta has no connection "${connectionKey}", and a new one may not be called so.`,
        'There is nothing to deregister; to register, choose a key of letters, digits, "-" and "_".',
      ),
    ];
  if (connection.host === undefined || connection.host === target.host.toLowerCase())
    return [passed(name, `Immuta has the connection "${connectionKey}" on ${target.host}.`)];
  return [
    failed(
      name,
      'conflict',
      `The connection "${connectionKey}" stands in Immuta with another host: ${connection.host} instead of ${target.host}.`,
      'It is not what the manifest describes. Correct the manifest, or leave the connection alone.',
    ),
  ];
}

/** The integration of a connection that is registered as it is asked for. */
export function integrationOf({ connection, integrations }: ImmutaLook): Integration | undefined {
  return connection === undefined ? undefined : integrations.find(({ id }) => id === connection.integrationId);
}

function checkKey({ connectionKey, target }: ConnectionRequest, look: ImmutaLook): Check {
  const name = 'connection key';
  const { connection } = look;
  if (connection === undefined) return passed(name, `Immuta has no connection "${connectionKey}" yet.`);
  const integration = integrationOf(look);
  const { kind, name: database } = databaseOf(target);
  const differing = [
    ['host', connection.host, target.host.toLowerCase()],
    ['role', connection.role, factsOf(target).role],
    ['authenticationType', connection.authenticationType, target.systemAccount.authenticationType],
    [kind, hasDatabase(target, integration?.database) ? database : integration?.database, database],
    ['integration status', integration?.status, 'enabled'],
  ].find(([, found, wanted]) => found !== wanted);
  if (differing === undefined) return passed(name, `"${connectionKey}" is registered as the manifest says.`);
  const [field, found, wanted] = differing;
  return failed(
    name,
    'conflict',
    `The connection "${connectionKey}" is registered already with another ${field}: ${found ?? 'none'} instead of ${wanted ?? 'none'}.`,
    'Register under another key, or take the old connection out first.',
  );
}

/** Immuta takes one integration for each host. */
function checkIntegration({ target }: ConnectionRequest, look: ImmutaLook): Check {
  const name = 'integration';
  const own = integrationOf(look);
  if (own !== undefined) return passed(name, `Integration ${own.id} of the connection is ${own.status}.`);
  const taken = look.integrations.find((integration) => integration.type === target.technology && integration.host === target.host.toLowerCase());
  if (taken === undefined) return passed(name, `Immuta has no integration on ${target.host} yet.`);
  return failed(
    name,
    'conflict',
    `Immuta has an integration on ${target.host} already (id ${taken.id}, ${databaseOf(target).kind} ${taken.database ?? 'unknown'}, ${taken.status}).`,
    'Immuta takes one integration for each host. Use its connection, or remove that integration first.',
  );
}
