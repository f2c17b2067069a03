/** Which platform's dialect a script is written in. */
export type Platform = 'Snowflake' | 'Databricks';

/** `bootstrap` is run before registration; `cleanup` removes what it made. */
export type Purpose = 'bootstrap' | 'cleanup';

/**
 * A script on its way through Temporal. `sealed` is AES-256-GCM under `MOORING_SCRIPT_KEYS`, which only workers hold, applied before the
 * payload codec sees it: whoever can read payloads still cannot read the script.
 */
export interface SealedScript {
  readonly platform: Platform;
  readonly purpose: Purpose;
  /** SHA-256 of the UTF-8 bytes of the text, 64 hex digits. */
  readonly sha256: string;
  /** SHA-256 of each statement's text, in order, 64 hex digits each. */
  readonly statementHashes: readonly string[];
  /** `keyId:base64(iv | ciphertext | tag)`. */
  readonly sealed: string;
}
