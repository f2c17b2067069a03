// Which names announce a secret. Too many is a nuisance on the page; too few is a password in Temporal. Numbers and flags that govern passwords
// (PASSWORD_MIN_LENGTH = 14, MUST_CHANGE_PASSWORD = TRUE) stay readable: only literals are hidden, and numbers only after a name that ends like a secret.
const parts =
  'passw|passphrase|pwd|secret|token|credential|api_?key|private_?key|public_?key|access_?key|master_?key|encryption_?key|account_?key|shared_?key|key_?id|signature|identified|authorization|bearer';
const segments = 'pass|pw|pin|sig|sas|pat';

const anywhere = new RegExp(`${parts}|(?<![a-z])(?:${segments})(?![a-z])`, 'i');
const atEnd = /(password|passwd|passphrase|pwd|pw|pass|pin|secret|token)(_?\d+)?$/i;

/** True if a literal after this name, or anywhere behind it in code, may be a secret. */
export function announcesSecret(name: string): boolean {
  return anywhere.test(name);
}

/** True if the name is that of the secret itself, so that a bare number after it is the secret too. */
export function namesSecret(name: string): boolean {
  return atEnd.test(name);
}

/** Where names that announce a secret stand in any text, one after the other. */
export function secretWordsIn(text: string): RegExpStringIterator<RegExpExecArray> {
  return text.matchAll(new RegExp(anywhere, 'gi'));
}

/** True if a literal is a secret by its own look: a key in PEM form, a JSON web token, an address with a password in it. */
export function looksSecret(value: string): boolean {
  return value.includes('-----BEGIN') || value.startsWith('eyJ') || addressWithPassword.test(value);
}

const addressWithPassword = /:\/\/[^\s/:@]*:[^\s/@]+@/;
