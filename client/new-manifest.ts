// What `init` writes of each platform, where nobody said otherwise. A third platform is one more entry of `newTargets`. It asks for references, or leaves
// those of the examples: never for a secret.
import { CommandError } from './command-error.js';
import type { Block } from './manifest-text.js';

export const technologies = ['Snowflake', 'Databricks'] as const;
export type Technology = (typeof technologies)[number];

/** What a person may say about the new connection. */
export interface Wishes {
  readonly technology?: Technology | undefined;
  readonly host?: string | undefined;
  readonly warehouse?: string | undefined;
  readonly database?: string | undefined;
  readonly httpPath?: string | undefined;
  readonly catalog?: string | undefined;
  readonly authentication?: string | undefined;
}

/** Where the new connection stands: the examples of the documentation, or the simulators of a running `mooring dev`. */
export interface Surroundings {
  readonly immutaUrl: string;
  readonly immutaSecret: string;
  readonly secretFolder: string;
  readonly snowflake: { readonly host: string; readonly port: number; readonly warehouse: string };
  readonly databricks: {
    readonly host: string;
    readonly port: number;
    readonly httpPath: string;
    readonly tokenUrl?: string | undefined;
    /** Service principals, by their application IDs. */
    readonly privilegedUser: { readonly clientId: string };
    readonly systemAccount: { readonly clientId: string };
  };
}

export const exampleSurroundings: Surroundings = {
  immutaUrl: 'https://acme.hosted.immutacloud.com',
  immutaSecret: 'env:IMMUTA_API_KEY',
  secretFolder: '/run/secrets',
  snowflake: { host: 'acme.eu-west-1.snowflakecomputing.com', port: 443, warehouse: 'IMMUTA_WH' },
  databricks: {
    host: 'adb-1234567890123456.7.azuredatabricks.net',
    port: 443,
    httpPath: '/sql/1.0/warehouses/0123456789abcdef',
    privilegedUser: { clientId: '00000000-0000-0000-0000-000000000001' },
    systemAccount: { clientId: '00000000-0000-0000-0000-000000000002' },
  },
};

interface NewTarget {
  /** Wishes that mean something on this platform only. */
  readonly ownWishes: readonly (keyof Wishes)[];
  /** How both accounts may log in; the first is the default. */
  readonly authentications: readonly string[];
  /** The beginning of a connectionKey that nobody chose. */
  readonly keyPrefix: string;
  readonly block: (wishes: Wishes, surroundings: Surroundings, authentication: string) => Block;
}

export const newTargets: Readonly<Record<Technology, NewTarget>> = {
  Snowflake: { ownWishes: ['warehouse', 'database'], authentications: ['keyPair', 'userPassword'], keyPrefix: 'snow', block: snowflakeBlock },
  Databricks: { ownWishes: ['httpPath', 'catalog'], authentications: ['oAuthM2M', 'token'], keyPrefix: 'lake', block: databricksBlock },
};

/** The entry of the new connection. Throws a `CommandError` of kind `usage` for a wish that another platform alone understands. */
export function newConnection(wishes: Wishes, surroundings: Surroundings): Block {
  const { technology = 'Snowflake' } = wishes;
  const { authentications, block } = newTargets[technology];
  for (const other of technologies.filter((each) => each !== technology)) {
    const strange = newTargets[other].ownWishes.find((wish) => wishes[wish] !== undefined);
    if (strange !== undefined) throw doesNotGo(strange, other, technology);
  }
  const { authentication = authentications[0] ?? '' } = wishes;
  if (!authentications.includes(authentication)) {
    const next = `Choose --authentication ${authentications.join(' or ')}, or edit the manifest: it takes more.`;
    throw new CommandError('usage', `--authentication ${authentication} does not go with ${technology}.`, next);
  }
  return [['technology', technology], ...block(wishes, surroundings, authentication)];
}

function doesNotGo(wish: string, other: Technology, technology: Technology): CommandError {
  const option = `--${wish.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return new CommandError('usage', `${option} goes with ${other}, not with ${technology}.`, `Leave it out, or add --technology ${other}.`);
}

const forSystemAccount = 'the account Immuta uses afterwards';
const forPrivilegedUser = 'runs the scripts; never sent to Immuta';

function snowflakeBlock(wishes: Wishes, { snowflake, secretFolder }: Surroundings, authentication: string): Block {
  const account = (username: string, role: string, file: string): Block => [
    ['authenticationType', authentication],
    ['username', username],
    ['role', role],
    authentication === 'keyPair' ? ['privateKey', `file:${secretFolder}/${file}.p8`] : ['password', `file:${secretFolder}/${file}.password`],
  ];
  return [
    ['host', wishes.host ?? snowflake.host],
    ['port', snowflake.port],
    ['warehouse', wishes.warehouse ?? snowflake.warehouse],
    ['database', wishes.database ?? 'IMMUTA', 'new: the bootstrap script creates it, and Immuta owns it'],
    ['systemAccount', account('IMMUTA_SYSTEM_ACCOUNT', 'IMMUTA_SYSTEM', 'immuta'), forSystemAccount],
    ['privilegedUser', account('MOORING_ADMIN', 'ACCOUNTADMIN', 'admin'), forPrivilegedUser],
  ];
}

function databricksBlock(wishes: Wishes, { databricks, secretFolder }: Surroundings, authentication: string): Block {
  const { host = databricks.host } = wishes;
  const { systemAccount, privilegedUser, port, tokenUrl = `https://${host}/oidc/v1/token` } = databricks;
  const byToken = (file: string): Block => [
    ['authenticationType', 'token'],
    ['token', `file:${secretFolder}/${file}.token`],
  ];
  const client = (clientId: string, file: string): Block => [
    ['clientId', clientId],
    ['clientSecret', `file:${secretFolder}/${file}.client-secret`],
  ];
  const m2m: Block[number] = ['authenticationType', 'oAuthM2M'];
  const system: Block = [m2m, ['oAuthClientConfig', [...client(systemAccount.clientId, 'databricks-immuta'), ['authorityUrl', tokenUrl]]]];
  return [
    ['host', host],
    ['port', port],
    ['httpPath', wishes.httpPath ?? databricks.httpPath],
    ['catalog', wishes.catalog ?? 'immuta', 'new: the bootstrap script creates it, and Immuta owns it'],
    ['systemAccount', authentication === 'token' ? byToken('databricks-immuta') : system, forSystemAccount],
    [
      'privilegedUser',
      authentication === 'token' ? byToken('databricks') : [m2m, ...client(privilegedUser.clientId, 'databricks')],
      forPrivilegedUser,
    ],
  ];
}
