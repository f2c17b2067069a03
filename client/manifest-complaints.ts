// Turns the schema's issues into sentences that say what to write instead, without ever showing a value: it may be a secret.
import type { z } from 'zod';
import { knownKeys } from './manifest-schema.js';
import { nearest } from './nearest.js';

export interface LocatedComplaint {
  readonly path: readonly PropertyKey[];
  /** The key inside `path` that is meant, when it is not the value at `path`. */
  readonly key?: string | undefined;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** One complaint an issue, each at the place where a person wrote it: what came from `defaults` is found there, and said once. */
export function complaintsOf(issues: readonly Issue[], written: unknown): LocatedComplaint[] {
  const complaints = issues.flatMap(describe).map((complaint) => ({ ...complaint, path: whereWritten(complaint, written) }));
  const once = new Map(complaints.map((complaint) => [JSON.stringify([complaint.path.map(String), complaint.key, complaint.message]), complaint]));
  return [...once.values()];
}

function describe(issue: Issue): LocatedComplaint[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: issue.path, key, message: unknownKey(key, issue.path) }));
    case 'invalid_key':
      return issue.issues.map((inner) => ({ path: issue.path.slice(0, -1), key: String(issue.path.at(-1)), message: inner.message }));
    case 'invalid_type':
      return [{ path: issue.path, message: issue.input === undefined && isMissing(issue) ? 'is missing' : `must be ${article(issue.expected)}` }];
    case 'invalid_value':
      return [{ path: issue.path, message: issue.message.startsWith('Invalid') ? `must be ${oneOf(issue.values)}` : issue.message }];
    case 'invalid_union':
      return [{ path: issue.path, message: issue.message.startsWith('Invalid') ? unionComplaint(issue) : issue.message }];
    case 'too_small':
      return [{ path: issue.path, message: `must have at least ${issue.minimum}${issue.origin === 'string' ? ' character' : ''}` }];
    case 'too_big':
      return [{ path: issue.path, message: `must have at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}` }];
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
      return [{ path: issue.path, message: issue.message }];
  }
}

function unionComplaint(issue: Issue & { readonly code: 'invalid_union' }): string {
  const values =
    'options' in issue && Array.isArray(issue.options) ? (issue.options as readonly unknown[]).filter((option) => option !== undefined) : [];
  return values.length === 0 ? 'has not the form of any of its kinds' : `must be ${oneOf(values)}`;
}

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  const known = path.length === 0 ? ['immuta', 'defaults', 'connections'] : knownKeys(path);
  if (known.includes(key)) return `does not go with this ${discriminatorAt(path)}. Remove it`;
  const guess = nearest(key, known);
  const instead = guess !== undefined ? `Did you mean "${guess}"?` : known.length > 0 ? `Known here: ${known.join(', ')}.` : 'Remove it.';
  return `is an unknown key. ${instead}`;
}

/** The key that tells the kinds of block at a path apart. */
function discriminatorAt(path: readonly PropertyKey[]): string {
  if (path.length === 2) return 'technology';
  return path.at(-1) === 'oAuthClientConfig' ? 'useCertificate' : 'authenticationType';
}

/** zod says "received undefined" for an absent key alone. */
function isMissing(issue: Issue): boolean {
  return issue.message.endsWith(' received undefined');
}

function article(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'text; put numbers, yes/no and empty values in quotes',
    object: 'a block of keys',
    record: 'a block of keys',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
  };
  return words[expected] ?? expected;
}

function oneOf(values: readonly unknown[]): string {
  const texts = values.map(String);
  return texts.length === 1 ? `${texts[0]}` : `one of ${texts.join(', ')}`;
}

/** An entry's value that is not in the connection was merged from `defaults`. */
function whereWritten({ path, key }: LocatedComplaint, written: unknown): readonly PropertyKey[] {
  if (path[0] !== 'connections' || path.length < 2) return path;
  const inDefaults = ['defaults', ...path.slice(2)];
  const exists = (at: readonly PropertyKey[]): boolean => {
    const found = at.reduce<unknown>((value, part) => (isRecord(value) && Object.hasOwn(value, part) ? value[String(part)] : undefined), written);
    return key === undefined ? found !== undefined : isRecord(found) && Object.hasOwn(found, key);
  };
  return !exists(path) && exists(inDefaults) && path.length + (key === undefined ? 0 : 1) > 2 ? inDefaults : path;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
