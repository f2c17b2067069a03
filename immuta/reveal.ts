import type { SecretReference } from '../domain/secret-reference.js';

/** Resolves a reference now and gives its value. */
export type Reveal = (reference: SecretReference) => Promise<string>;
