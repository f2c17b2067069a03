// What Snowflake's codes mean to us. Codes are the server's strings; the driver's own are numbers. Seen with driver 3.3.0; those marked (doc) are
// known from Snowflake's pages only.
import type { FailureKind } from '../../rules/failure-kind.js';

export interface Meaning {
  readonly kind: FailureKind;
  /** Completes "Snowflake refused ...: ". */
  readonly what: string;
  readonly next: string;
}

/** Refused logins. A code that is not listed is a refused credential: to try again may lock the user. */
export const loginMeanings: Readonly<Record<string, Meaning>> = {
  '390100': { kind: 'credential-refused', what: 'wrong user name or password', next: 'Correct the username and the secret of the privileged user.' },
  '390102': { kind: 'credential-refused', what: 'the user is locked', next: 'Wait 15 minutes, or ask a SECURITYADMIN to set MINS_TO_UNLOCK = 0.' }, // (doc)
  '390144': {
    kind: 'credential-refused',
    what: 'the key pair login was not accepted',
    next: "Set the matching public key (ALTER USER ... SET RSA_PUBLIC_KEY), and check this machine's clock.",
  },
  '390189': { kind: 'permission-missing', what: 'the role is not granted to the user', next: '' }, // the cure names both; see error.ts
  '390101': {
    kind: 'credential-refused',
    what: 'the user is disabled',
    next: 'Ask a SECURITYADMIN to enable the user (ALTER USER ... SET DISABLED = FALSE).',
  }, // (doc)
  '390186': {
    kind: 'permission-missing',
    what: 'the role is not granted to the user',
    next: 'Grant the role to the user, or name another role in the manifest.',
  }, // (doc)
  '390201': {
    kind: 'permission-missing',
    what: 'the role, warehouse or database of the login may not be used',
    next: 'Correct role and warehouse of the privileged user in the manifest.',
  }, // (doc)
  '390303': {
    kind: 'credential-refused',
    what: 'the OAuth token is not valid',
    next: 'Store a token from the issuer that the security integration of the account names (for oAuthToken: in the secret that privilegedUser.token refers to).',
  },
  '390309': {
    kind: 'credential-refused',
    what: 'the OAuth token belongs to another user', // (doc)
    next: 'Correct the username of the privileged user, or leave it out: the token says whose it is.',
  },
  '390317': {
    kind: 'permission-missing',
    what: 'the OAuth token does not allow the role', // (doc)
    next: 'Ask for a token with the scope session:role:<role>. Snowflake blocks ACCOUNTADMIN and SECURITYADMIN for OAuth unless EXTERNAL_OAUTH_ADD_PRIVILEGED_ROLES_TO_BLOCKED_LIST is FALSE: better use a role of its own.',
  },
  '390318': {
    kind: 'credential-refused',
    what: 'the OAuth token has expired',
    next: 'Store a fresh token in the secret that privilegedUser.token refers to, or use oAuthClientCredentials, which gets a token by itself for every login.',
  },
  '394400': {
    kind: 'credential-refused',
    what: 'the programmatic access token is not valid: wrong, expired, disabled, or not admitted by a network policy',
    next: 'Look at it with SHOW USER PROGRAMMATIC ACCESS TOKENS, and store a valid one in the secret that privilegedUser.token refers to.',
  },
  '390422': {
    kind: 'permission-missing',
    what: "the account's network policy does not admit this address", // (doc)
    next: "Have the platform worker's address added to the network policy.",
  },
};

/** Failed statements. A code that is not listed is `statement-failed`. */
export const statementMeanings: Readonly<Record<string, Meaning>> = {
  '001003': { kind: 'statement-failed', what: 'it has a syntax error', next: 'Compare the script with what Immuta documents; report it to Immuta.' },
  '002002': {
    kind: 'already-exists',
    what: 'the object it creates already exists',
    next: 'Look who owns the object. Rename or drop it if it is a left-over, or choose another name.',
  },
  '002003': {
    kind: 'not-found',
    what: 'an object it names does not exist, or the role may not see it',
    next: 'Check that the object exists and that the role of the privileged user has a privilege on it.',
  },
  '002043': {
    kind: 'not-found',
    what: 'an object it names does not exist, or the operation cannot be performed on it',
    next: 'Check that the object exists and that the role of the privileged user has a privilege on it.',
  },
  '003001': {
    kind: 'permission-missing',
    what: 'the role lacks a privilege',
    next: 'Use a role with CREATE DATABASE, CREATE ROLE, CREATE USER and MANAGE GRANTS on the account, such as ACCOUNTADMIN.',
  },
  '003013': {
    kind: 'permission-missing',
    what: 'the role it switches to is not granted to the privileged user',
    next: 'Grant that role to the privileged user, or use a user that has it, such as one with ACCOUNTADMIN.',
  },
  '003036': {
    kind: 'statement-failed',
    what: 'other grants depend on what it takes away',
    next: 'Look at SHOW GRANTS for what depends on it, and revoke that first.',
  },
  '003102': {
    kind: 'permission-missing',
    what: 'the role may not grant or revoke this privilege',
    next: 'Use a role that has the privilege WITH GRANT OPTION, such as ACCOUNTADMIN.',
  },
  '000604': { kind: 'statement-failed', what: 'somebody cancelled it', next: 'Find out who cancelled it, then start the run again.' },
  '000606': {
    kind: 'statement-failed',
    what: 'it needs a warehouse and the session has none',
    next: 'Check that the warehouse in the manifest exists and that the role of the privileged user has USAGE on it.',
  },
  '000630': { kind: 'timeout', what: 'it ran into the statement timeout', next: 'Look why it takes so long: locks, or a suspended warehouse.' },
};

/** The session no longer exists, or cannot be used any more: the server's codes, then the driver's. */
export const sessionGone: ReadonlySet<string> = new Set([
  '390104',
  '390111',
  '390112',
  '390114',
  '390195',
  '407001',
  '407002',
  '405501',
  '405502',
  '405503',
  '406502',
]);
