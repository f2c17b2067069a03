// `KEY = value` lists, as CREATE, ALTER ... SET and their like carry them.
import { createPublicKey } from 'node:crypto';
import type { PropertyValue } from './catalog.js';
import { invalidValue } from './errors.js';
import type { TokenCursor } from './token-cursor.js';

/** Reads properties up to the end of the statement. */
export function parseProperties(cursor: TokenCursor): Map<string, PropertyValue> {
  const properties = new Map<string, PropertyValue>();
  cursor.accept('WITH');
  while (!cursor.atEnd) {
    if (cursor.accept('TAG')) {
      parseTags(cursor);
    } else {
      const key = cursor.identifier();
      cursor.expect('=');
      properties.set(key, parseValue(cursor));
    }
    cursor.accept(',');
  }
  return properties;
}

export function parsePropertyNames(cursor: TokenCursor): string[] {
  const names = [cursor.identifier()];
  while (!cursor.atEnd) {
    cursor.accept(',');
    names.push(cursor.identifier());
  }
  return names;
}

/** [doc] a public key is written without its first and last line; a broken one is refused [known]. */
export function checkPublicKeys(properties: ReadonlyMap<string, PropertyValue>): void {
  for (const key of ['RSA_PUBLIC_KEY', 'RSA_PUBLIC_KEY_2']) {
    const value = properties.get(key);
    if (typeof value !== 'string' || value === '') continue;
    try {
      createPublicKey(asPublicKeyPem(value));
    } catch {
      throw invalidValue(`New public key rejected by current policy. Reason: 'Invalid public key'.`);
    }
  }
}

export function asPublicKeyPem(value: string): string {
  if (value.includes('-----BEGIN')) return value;
  return `-----BEGIN PUBLIC KEY-----\n${value.trim()}\n-----END PUBLIC KEY-----\n`;
}

function parseTags(cursor: TokenCursor): void {
  const listed = cursor.accept('(');
  do {
    cursor.name();
    cursor.expect('=');
    cursor.string();
  } while (cursor.accept(','));
  if (listed) cursor.expect(')');
}

function parseValue(cursor: TokenCursor): PropertyValue {
  const token = cursor.peek();
  if (token?.kind === 'string') return cursor.string();
  if (token?.kind === 'number') return cursor.number();
  if (token?.kind === 'variable') return cursor.variable(cursor.next().value);
  if (cursor.accept('-')) return -cursor.number();
  if (cursor.accept('?')) return cursor.questionMark();
  if (cursor.accept('TRUE')) return true;
  if (cursor.accept('FALSE')) return false;
  if (cursor.accept('NULL')) return null;
  if (!cursor.accept('(')) return cursor.name().join('.');
  const values: PropertyValue[] = [];
  while (!cursor.accept(')')) {
    values.push(parseValue(cursor));
    cursor.accept(',');
  }
  return values;
}
