// Requests are read strictly, as the vendor's server does with Joi: the first complaint ends it, and it names the field. A rule reads a value and
// gives it back typed, or throws a 400.
import { Refusal } from './refusal.js';

export type Rule<T> = (value: unknown, path: string) => T;
type Fields = Readonly<Record<string, Rule<unknown>>>;
type Read<R> = R extends Rule<infer T> ? T : never;

export function complain(path: string, complaint: string): never {
  throw new Refusal(400, `"${path === '' ? 'value' : path}" ${complaint}`);
}

function required(value: unknown, path: string): unknown {
  return value === undefined ? complain(path, 'is required') : value;
}

export function optional<T>(rule: Rule<T>): Rule<T | undefined> {
  return (value, path) => (value === undefined ? undefined : rule(value, path));
}

export const text: Rule<string> = (value, path) => {
  if (typeof required(value, path) !== 'string') complain(path, 'must be a string');
  if (value === '') complain(path, 'is not allowed to be empty');
  return value as string;
};

export const flag: Rule<boolean> = (value, path) => {
  if (typeof required(value, path) !== 'boolean') complain(path, 'must be a boolean');
  return value as boolean;
};

export function integer(least: number, most: number): Rule<number> {
  return (value, path) => {
    if (!Number.isInteger(required(value, path))) complain(path, 'must be an integer');
    const number = value as number;
    if (number < least) complain(path, `must be greater than or equal to ${least}`);
    if (number > most) complain(path, `must be less than or equal to ${most}`);
    return number;
  };
}

export function oneOf<const T extends string | boolean>(...choices: readonly T[]): Rule<T> {
  return (value, path) => {
    required(value, path);
    const found = choices.find((choice) => choice === value);
    return found === undefined ? complain(path, `must be one of [${choices.join(', ')}]`) : found;
  };
}

export function matching(pattern: RegExp, complaint: string): Rule<string> {
  return (value, path) => {
    const read = text(value, path);
    return pattern.test(read) ? read : complain(path, complaint);
  };
}

export function listOf<T>(rule: Rule<T>): Rule<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(required(value, path))) complain(path, 'must be an array');
    return (value as readonly unknown[]).map((item, index) => rule(item, `${path}[${index}]`));
  };
}

export const record: Rule<Readonly<Record<string, unknown>>> = (value, path) => {
  const read = required(value, path);
  if (typeof read !== 'object' || read === null || Array.isArray(read)) complain(path, 'must be of type object');
  return read as Readonly<Record<string, unknown>>;
};

/** Exactly these keys: an unknown one and a missing one are both refused. */
export function object<F extends Fields>(fields: F): Rule<{ readonly [K in keyof F]: Read<F[K]> }> {
  return (value, path) => {
    const given = record(value, path);
    const within = (key: string): string => (path === '' ? key : `${path}.${key}`);
    const read: Record<string, unknown> = {};
    for (const [key, rule] of Object.entries(fields)) {
      const result = rule(Object.hasOwn(given, key) ? given[key] : undefined, within(key));
      if (result !== undefined) read[key] = result;
    }
    for (const key of Object.keys(given)) if (!Object.hasOwn(fields, key)) complain(within(key), 'is not allowed');
    return read as { readonly [K in keyof F]: Read<F[K]> };
  };
}
