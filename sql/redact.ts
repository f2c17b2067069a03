// What people may see of a script. Secrets are found by tokens (find-secrets.ts) and written as '[redacted]'; characters that nobody sees are written out.
import type { Platform } from '../domain/script.js';
import { literalValue } from './literal-value.js';
import { findSecrets } from './find-secrets.js';
import type { SecretSpan } from './find-secrets.js';
import { ScriptRefused } from './script-refused.js';
import { lexStatement } from './split.js';
import type { LexedText } from './token.js';
import { visibleText } from './visible-text.js';

const redacted = '[redacted]';

/** One statement as people may see it. A text that cannot be read with certainty is hidden whole. */
export function redact(statement: string, platform: Platform): string {
  const lexed = lexOrNothing(statement, platform);
  return lexed === undefined ? redacted : (redactAll([lexed])[0] ?? redacted);
}

/** The statements of one script as people may see them. What is a secret in one is hidden in all; so is what a variable brings to it. */
export function redactAll(statements: readonly LexedText[]): readonly string[] {
  const { spans, values } = findAll(statements);
  return statements.map((statement, index) => written(statement, [...(spans[index] ?? []), ...repeated(statement, values)]));
}

/** The secrets a statement holds, in every form in which a platform's message may repeat them. Mask messages with `maskLiterals`. */
export function secretLiterals(statement: string, platform: Platform): readonly string[] {
  const lexed = lexOrNothing(statement, platform);
  return lexed === undefined ? [statement] : [...findAll([lexed]).values];
}

/** Shorter than this, a value is masked only where it stands alone: masking every "a" would hide the message and tell the secret. */
const shortest = 4;

/** A message without these values, whatever their case, nor any longer line of one of several lines. */
export function maskLiterals(message: string, secrets: readonly string[]): string {
  const values = new Set(secrets.flatMap((secret) => [secret, ...secret.split(/\s*\n\s*/).filter((line) => line.length >= 2 * shortest)]));
  const patterns = [...values]
    .filter((value) => value.trim() !== '')
    .sort((left, right) => right.length - left.length)
    .map((value) => {
      const literal = value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
      return value.length < shortest ? `(?<!\\w)${literal}(?!\\w)` : literal;
    });
  return patterns.length === 0 ? message : message.replace(new RegExp(patterns.join('|'), 'gi'), redacted);
}

interface AllSecrets {
  readonly spans: readonly (readonly SecretSpan[])[];
  readonly values: ReadonlySet<string>;
}

function findAll(statements: readonly LexedText[]): AllSecrets {
  let found = statements.map((statement) => findSecrets(statement));
  const variables = new Set(found.flatMap((one) => one.variables));
  if (variables.size > 0) found = statements.map((statement) => findSecrets(statement, variables));
  const values = new Set<string>();
  for (const { spans } of found) for (const span of spans) for (const value of span.values) if (isTelling(value, span)) values.add(value);
  return { spans: found.map((one) => one.spans), values };
}

/** The fragments around the secret in a hidden part are worth masking only if they are long enough to be one. */
function isTelling(value: string, span: SecretSpan): boolean {
  return span.whole ? value !== '' : value.trim().length >= shortest;
}

/** Strings elsewhere that are equal to a secret. */
function repeated(statement: LexedText, values: ReadonlySet<string>): readonly SecretSpan[] {
  if (values.size === 0) return [];
  return statement.tokens
    .filter((token) => (token.kind === 'string' || token.kind === 'dollar') && values.has(literalValue(statement, token)))
    .map((token) => ({ start: token.start, end: token.end, whole: true, values: [] }));
}

function written({ text }: LexedText, spans: readonly SecretSpan[]): string {
  if (spans.length === 0) return visibleText(text);
  let shown = '';
  let at = 0;
  for (const span of [...spans].sort((left, right) => left.start - right.start)) {
    if (span.start < at) continue;
    shown += text.slice(at, span.start) + (span.whole ? `'${redacted}'` : redacted);
    at = span.end;
  }
  return visibleText(shown + text.slice(at));
}

function lexOrNothing(statement: string, platform: Platform): LexedText | undefined {
  try {
    return lexStatement(statement, platform);
  } catch (error) {
    if (error instanceof ScriptRefused) return undefined;
    throw error;
  }
}
