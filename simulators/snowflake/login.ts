// Logins. Refusals are HTTP 200 with the vendor's numbers: [src] 390100 and 390144 in the drivers, [seen] 390189 and 390201, [known] 390101 and 390186;
// of tokens [src] 390303, 390318 and 394400 in the driver's own tests, [known] 390309 and 390317.
import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { Account } from './account.js';
import type { CatalogObject } from './catalog.js';
import { displayName, lastPart } from './catalog.js';
import { isVisible, rolesOfUser } from './access.js';
import { simulatedVersion } from './functions.js';
import { userInToken, verifyToken } from './key-pair.js';
import { asPublicKeyPem } from './properties.js';
import type { Session } from './session.js';
import type { OpenSession, SessionStore } from './session-store.js';
import { masterValiditySeconds, tokenValiditySeconds } from './session-store.js';
import { splitName } from './token-cursor.js';
import type { TokenStore } from './tokens.js';
import type { Answer } from './wire.js';
import { failure, sessionParameters, success } from './wire.js';

export interface LoginRequest {
  readonly loginName?: string;
  readonly password?: string;
  readonly authenticator?: string;
  readonly token?: string;
  readonly role?: string;
  readonly warehouse?: string;
  readonly database?: string;
  readonly schema?: string;
  readonly parameters: ReadonlyMap<string, string>;
}

class LoginRefused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function login(account: Account, sessions: SessionStore, tokens: TokenStore, request: LoginRequest): Answer {
  try {
    const user = authenticate(account, tokens, request);
    return loginAnswer(sessions.open(newSession(account, sessions.nextId(), user, request)));
  } catch (error) {
    if (!(error instanceof LoginRefused)) throw error;
    return loginRefusal(error.code, error.message);
  }
}

export function loginRefusal(code: string, message: string): Answer {
  return failure(code, message, { nextAction: 'RETRY_LOGIN', authnMethod: 'USERNAME_PASSWORD', signInOptions: {} });
}

function authenticate(account: Account, tokens: TokenStore, request: LoginRequest): CatalogObject {
  const user = findUser(account, tokens, request);
  if (user.properties.get('DISABLED') === true) throw new LoginRefused('390101', 'User access disabled. Contact your local system administrator.');
  return user;
}

function findUser(account: Account, tokens: TokenStore, request: LoginRequest): CatalogObject {
  const authenticator = (request.authenticator ?? 'SNOWFLAKE').toUpperCase();
  if (authenticator === 'OAUTH') return userOfOAuthToken(account, tokens, request);
  if (authenticator === 'PROGRAMMATIC_ACCESS_TOKEN') return userOfProgrammaticToken(account, tokens, request);
  const byKey = authenticator === 'SNOWFLAKE_JWT';
  const name = request.loginName ?? (byKey ? userInToken(request.token ?? '') : undefined) ?? '';
  const user = userNamed(account, name);
  const proved = user !== undefined && (byKey ? holdsKey(account, user, request) : knowsPassword(user, request.password));
  if (user === undefined || !proved) {
    throw byKey
      ? new LoginRefused('390144', `JWT token is invalid. [${randomUUID()}]`)
      : new LoginRefused('390100', 'Incorrect username or password was specified.');
  }
  return user;
}

function userNamed(account: Account, loginName: string): CatalogObject | undefined {
  return account.catalog.list('USER').find((user) => String(user.properties.get('LOGIN_NAME')).toUpperCase() === loginName.toUpperCase());
}

function userOfOAuthToken(account: Account, tokens: TokenStore, { token = '', loginName, role }: LoginRequest): CatalogObject {
  const known = tokens.find('oAuth', token);
  const user = known === undefined ? undefined : userNamed(account, known.user);
  if (known === undefined || user === undefined) throw new LoginRefused('390303', 'Invalid OAuth access token. [simulated]');
  if (known.expiresAt <= account.clock.now()) throw new LoginRefused('390318', 'OAuth access token expired. [simulated]');
  if (loginName !== undefined && loginName.toUpperCase() !== known.user)
    throw new LoginRefused('390309', 'The user you were trying to authenticate as differs from the user currently logged in at the IDP.');
  const asked = asName(role) ?? asName(String(user.properties.get('DEFAULT_ROLE') ?? '')) ?? 'PUBLIC';
  if (known.role !== undefined && asked.toUpperCase() !== known.role)
    throw new LoginRefused(
      '390317',
      `The role requested in the connection, or the default role if none was requested in the connection ('${asked}'), is not listed in the Access Token or was filtered. Please specify another role, or contact your OAuth Authorization server administrator.`,
    );
  return user;
}

/** One refusal for all: whoever holds a wrong token learns nothing about it. */
function userOfProgrammaticToken(account: Account, tokens: TokenStore, { token = '', loginName }: LoginRequest): CatalogObject {
  const known = tokens.find('programmaticAccess', token);
  const user = known === undefined ? undefined : userNamed(account, known.user);
  const matches = loginName === undefined || loginName.toUpperCase() === known?.user;
  if (known === undefined || user === undefined || !matches || known.expiresAt <= account.clock.now())
    throw new LoginRefused('394400', 'Programmatic access token is invalid.');
  return user;
}

function knowsPassword(user: CatalogObject, password: string | undefined): boolean {
  const expected = user.properties.get('PASSWORD');
  if (typeof expected !== 'string' || password === undefined || expected === '') return false;
  const [left, right] = [Buffer.from(expected), Buffer.from(password)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function holdsKey(account: Account, user: CatalogObject, { token, loginName }: LoginRequest): boolean {
  if (token === undefined) return false;
  const keys = ['RSA_PUBLIC_KEY', 'RSA_PUBLIC_KEY_2'].map((key) => user.properties.get(key)).filter((key) => typeof key === 'string' && key !== '');
  const named = String(user.properties.get('LOGIN_NAME')).toUpperCase();
  if (loginName !== undefined && loginName.toUpperCase() !== named) return false;
  return verifyToken(
    token,
    named,
    keys.map((key) => asPublicKeyPem(String(key))),
    account.clock.now(),
  );
}

function newSession(account: Account, id: number, user: CatalogObject, request: LoginRequest): Session {
  const name = lastPart(user.path);
  const secondary = user.properties.get('DEFAULT_SECONDARY_ROLES');
  const session: Session = {
    id,
    user: name,
    role: chooseRole(account, user, request.role),
    secondaryRoles: Array.isArray(secondary) && secondary.includes('ALL') ? 'ALL' : 'NONE',
    lastQueryId: undefined,
    warehouse: undefined,
    database: undefined,
    schema: undefined,
    variables: new Map(),
    parameters: new Map(request.parameters),
  };
  const strict = request.parameters.get('CLIENT_VALIDATE_DEFAULT_PARAMETERS')?.toLowerCase() === 'true';
  const pick = (kind: string, path: readonly string[]): string | undefined => {
    const object = account.catalog.find(kind, path);
    if (object !== undefined && isVisible({ account, session }, object)) return lastPart(path);
    // [known] only a client that asks for it is told; others get a session without
    if (strict) throw new LoginRefused('390201', `The requested ${kind.toLowerCase()} does not exist or not authorized.`);
    return undefined;
  };
  const warehouse = asName(request.warehouse) ?? asName(String(user.properties.get('DEFAULT_WAREHOUSE') ?? ''));
  if (warehouse !== undefined) session.warehouse = pick('WAREHOUSE', [warehouse]);
  const database = asName(request.database);
  if (database !== undefined) session.database = pick('DATABASE', [database]);
  if (session.database !== undefined) session.schema = pick('SCHEMA', [session.database, asName(request.schema) ?? 'PUBLIC']);
  return session;
}

function chooseRole(account: Account, user: CatalogObject, requested: string | undefined): string {
  const granted = rolesOfUser(account, lastPart(user.path));
  const asked = asName(requested);
  if (asked !== undefined) {
    if (granted.includes(displayName([asked]))) return asked;
    throw new LoginRefused(
      '390189',
      `Role '${asked}' specified in the connect string does not exist or not authorized. Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.`,
    );
  }
  const fallback = asName(String(user.properties.get('DEFAULT_ROLE') ?? '')) ?? 'PUBLIC';
  if (granted.includes(displayName([fallback]))) return fallback;
  throw new LoginRefused(
    '390186',
    `User's configured default role '${fallback}' is not granted to this user. Contact your local system administrator, or attempt to login using a CLI client with a connect string selecting another role, e.g. PUBLIC.`,
  );
}

/** A name from a URL or a property: in upper case unless quoted [doc]. */
function asName(written: string | undefined): string | undefined {
  return written === undefined || written === '' ? undefined : splitName(written)[0];
}

function loginAnswer(opened: OpenSession): Answer {
  const { session } = opened;
  return success({
    masterToken: opened.masterToken,
    token: opened.token,
    validityInSeconds: tokenValiditySeconds,
    masterValidityInSeconds: masterValiditySeconds,
    displayUserName: session.user,
    serverVersion: simulatedVersion,
    firstLogin: false,
    remMeToken: null,
    remMeValidityInSeconds: 0,
    healthCheckInterval: 45,
    newClientForUpgrade: null,
    sessionId: session.id,
    parameters: sessionParameters(),
    sessionInfo: {
      databaseName: session.database ?? null,
      schemaName: session.schema ?? null,
      warehouseName: session.warehouse ?? null,
      roleName: session.role,
    },
    idToken: null,
    idTokenValidityInSeconds: 0,
    responseData: null,
    mfaToken: null,
    mfaTokenValidityInSeconds: 0,
  });
}
