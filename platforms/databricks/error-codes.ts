// What Databricks' SQLSTATEs mean to us. Source: the vendor's page "SQLSTATE error codes"; those of Unity Catalog were seen on a real Spark or are
// quoted in public issues.
import type { FailureKind } from '../../rules/failure-kind.js';

export interface Meaning {
  readonly kind: FailureKind;
  readonly what: string;
  readonly next: string;
}

const exists: Meaning = {
  kind: 'already-exists',
  what: 'the object it creates already exists',
  next: 'Look who owns the object. Rename or drop it if it is a left-over, or choose another name.',
};
const missing: Meaning = {
  kind: 'not-found',
  what: 'an object or principal it names does not exist, or the privileged user may not see it',
  next: 'Check that it exists and that the privileged user has a privilege on it.',
};
const forbidden: Meaning = {
  kind: 'permission-missing',
  what: 'the privileged user lacks a privilege',
  next: 'Use a metastore admin, or grant what is missing: CREATE CATALOG ON METASTORE for the bootstrap script.',
};
const wrong: Meaning = {
  kind: 'statement-failed',
  what: 'it has a syntax error',
  next: 'Compare the script with what Immuta documents; report it to Immuta.',
};

const meanings: Readonly<Record<string, Meaning>> = {
  '42501': forbidden,
  '28000': forbidden,
  '42601': wrong,
  '42617': wrong,
  '42710': exists,
  '42P06': exists,
  '42P07': exists,
  '42723': exists,
  '42704': missing,
  '42P01': missing,
  '42883': missing,
  '42703': missing,
  '2BP01': { kind: 'statement-failed', what: 'the object it drops still holds others', next: 'Look what is in it, and drop that first.' },
  '57014': {
    kind: 'timeout',
    what: 'it was cancelled or ran into the statement timeout',
    next: 'Look why it takes so long: locks, or a warehouse that starts.',
  },
  '57KD0': { kind: 'timeout', what: 'it ran into the statement timeout', next: 'Look why it takes so long: locks, or a warehouse that starts.' },
};

/** Error classes that say more than their SQLSTATE, or come without one. */
const classes: Readonly<Record<string, Meaning>> = {
  INSUFFICIENT_PERMISSIONS: forbidden,
  PERMISSION_DENIED: forbidden,
  CATALOG_ALREADY_EXISTS: exists,
  VOLUME_ALREADY_EXISTS: exists,
  NO_SUCH_CATALOG_EXCEPTION: missing,
  PARSE_SYNTAX_ERROR: wrong,
};

/** The meaning of a failed statement's SQLSTATE and error class. */
export function meaningOf(sqlState: string | undefined, errorClass: string): Meaning | undefined {
  return classes[errorClass] ?? meanings[sqlState ?? ''];
}

/** Classes of SQLSTATE by which the platform says that it was disturbed, not that it refused: connection trouble and internal errors. */
export function isDisturbance(sqlState: string | undefined): boolean {
  return sqlState !== undefined && /^(08|XX)/.test(sqlState);
}

/** Node's codes of a connection that never came to be, so that nothing was sent over it. */
export const neverConnected: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Node's codes of a certificate that is not trusted. */
export function isCertificateTrouble(code: string): boolean {
  return /CERT|^ERR_TLS|UNABLE_TO_VERIFY/.test(code);
}
