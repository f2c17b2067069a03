// Reads mooring.yaml (YAML 1.2 or JSON) and says where it is wrong: file, line, column, field, what to write instead.
// A manifest is looked at in public (CI logs), and the likeliest mistake is a secret pasted into it. So no complaint ever shows a value, and
// the parser's own messages, which quote the text they stumble over, are replaced by ours.
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Document } from 'yaml';
import { isAlias, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { Manifest } from '../domain/manifest.js';
import { CommandError } from './command-error.js';
import { complaintsOf } from './manifest-complaints.js';

const largestBytes = 256 * 1024; // a few thousand connections; more is not a manifest
const deepest = 32; // the schema needs six levels
const mostAliases = 16; // enough for a shared block; far from an expansion attack
const mostComplaints = 20; // a screen

export interface Complaint {
  readonly line: number;
  readonly column: number;
  /** Where it stands, such as `connections.snow_prod.host`; empty for the file itself. */
  readonly field: string;
  readonly message: string;
}

/** A manifest that cannot be used, with every complaint that was found. */
export class ManifestError extends CommandError {
  readonly file: string;
  readonly complaints: readonly Complaint[];

  constructor(file: string, complaints: readonly Complaint[]) {
    const shown = complaints.slice(0, mostComplaints).map(({ line, column, field, message }) => {
      return `${file}:${line}:${column} ${field === '' ? '' : `${field} `}${message}`;
    });
    if (complaints.length > shown.length) shown.push(`and ${complaints.length - shown.length} more`);
    super('manifest', shown.join('\n'), `Correct ${file} and run the command again.`);
    this.file = file;
    this.complaints = complaints;
  }
}

/** The manifest of a file, named in complaints as it is seen from the folder `from`. Throws a `ManifestError`, or a `CommandError` of kind `manifest` when the file cannot be read. */
export function readManifest(file: string, from: string): Manifest {
  const shown = shownPath(file, from);
  return parseManifest(readText(file, shown), shown);
}

/** The nearest `mooring.yaml` of a folder and its parents. Throws a `CommandError` of kind `manifest` when there is none. */
export function findManifest(folder: string): string {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, 'mooring.yaml');
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
    if (dirname(at) === at) break;
  }
  throw new CommandError(
    'manifest',
    `There is no mooring.yaml in ${folder} or a folder above it.`,
    'Write one with "mooring init", or name one with --manifest.',
  );
}

/** The manifest of a text. `file` is only named in complaints. */
export function parseManifest(text: string, file: string): Manifest {
  const lines = new LineCounter();
  const document = parse(text, lines, file);
  const located = (offset: number, field: string, message: string): Complaint => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), field, message };
  };

  const deep = document.errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION'); // one for each level: say it once
  const broken = (deep === undefined ? document.errors : [deep]).map((error) =>
    located(error.pos[0], '', syntaxComplaints[error.code] ?? 'is not YAML'),
  );
  if (broken.length > 0) throw new ManifestError(file, broken);

  const dangerous = structureComplaints(document).map(({ offset, message }) => located(offset, '', message));
  if (dangerous.length > 0) throw new ManifestError(file, dangerous);

  const written: unknown = document.toJS({ maxAliasCount: mostAliases * 4 });
  const parsed = Manifest.safeParse(written);
  if (parsed.success) return parsed.data;
  const complaints = complaintsOf(parsed.error.issues, written).map(({ path, key, message }) => {
    return located(offsetOf(document, path, key), [...path, ...(key === undefined ? [] : [key])].map(String).join('.'), message);
  });
  throw new ManifestError(
    file,
    complaints.sort((a, b) => a.line - b.line || a.column - b.column),
  );
}

function readText(file: string, shown: string): string {
  try {
    const size = statSync(file).size;
    if (size > largestBytes) throw tooLarge(shown, size);
    const bytes = readFileSync(file);
    if (bytes.length > largestBytes) throw tooLarge(shown, bytes.length);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw new CommandError('manifest', `${shown} is not UTF-8.`, 'Save it as UTF-8.');
    throw new CommandError(
      'manifest',
      `${shown} cannot be read${code === '' ? '' : ` (${code})`}.`,
      'Name an existing file with --manifest or MOORING_MANIFEST, or write one with "mooring init".',
    );
  }
}

function tooLarge(shown: string, bytes: number): CommandError {
  return new CommandError('manifest', `${shown} has ${bytes} bytes; a manifest may have ${largestBytes}.`, 'Split it into several manifests.');
}

function parse(text: string, lines: LineCounter, file: string): Document {
  try {
    return parseDocument(text, {
      version: '1.2',
      schema: 'core',
      strict: true,
      stringKeys: true,
      uniqueKeys: true,
      prettyErrors: false, // would quote the line
      lineCounter: lines,
    });
  } catch (error) {
    // The parser recurses; brackets without end exhaust its stack before our own limit can be checked.
    if (error instanceof RangeError) throw new ManifestError(file, [{ line: 1, column: 1, field: '', message: tooDeep }]);
    throw error;
  }
}

const badAlias = 'an alias names an anchor that does not stand before it. Quote text that starts with "*"';
const tooDeep = `is nested more than ${deepest} levels deep. Write it flat`;

function structureComplaints(document: Document): { offset: number; message: string }[] {
  const complaints: { offset: number; message: string }[] = [];
  let aliases = 0;
  visit(document, {
    Node(_key, node, ancestors) {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node)) {
        aliases++;
        if (node.resolve(document) === undefined) complaints.push({ offset, message: badAlias });
        if (aliases <= mostAliases) return undefined;
        complaints.push({ offset, message: `has more than ${mostAliases} aliases. Write the values out, or use "defaults"` });
        return visit.BREAK;
      }
      // One ancestor is the document; a pair stands between a map and its values.
      if (ancestors.length > deepest * 2) {
        complaints.push({ offset, message: tooDeep });
        return visit.BREAK;
      }
      if ('tag' in node && typeof node.tag === 'string' && !node.tag.startsWith('tag:yaml.org,2002:')) {
        complaints.push({ offset, message: 'has a tag of its own. Write plain YAML' });
      }
      return undefined;
    },
    Pair(_key, pair) {
      if (isScalar(pair.key) && pair.key.value === '__proto__') {
        complaints.push({ offset: pair.key.range?.[0] ?? 0, message: 'has the key "__proto__", which is refused everywhere' });
      }
    },
  });
  return complaints;
}

/** The offset of the deepest node of a path that exists; of the key itself when one is asked for. */
function offsetOf(document: Document, path: readonly PropertyKey[], key: string | undefined): number {
  for (let length = path.length; length >= 0; length--) {
    const at = path.slice(0, length).map((part) => (typeof part === 'symbol' ? String(part) : part));
    const node: unknown = length === 0 ? document.contents : document.getIn(at, true);
    if (length === path.length && key !== undefined && isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (isScalar(pair?.key)) return pair.key.range?.[0] ?? 0;
    }
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}

function isNode(value: unknown): value is { readonly range?: readonly [number, number, number] | null } {
  return typeof value === 'object' && value !== null && 'range' in value;
}

/** A path as a person in the folder `from` would write it. */
export function shownPath(file: string, from: string): string {
  const near = relative(from, file);
  return near === '' ? basename(file) : near.startsWith('..') ? file : near;
}

const syntaxComplaints: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias may have neither anchor nor tag',
  BAD_ALIAS: badAlias,
  BAD_DQ_ESCAPE: 'an unknown escape in a double-quoted text. Use single quotes, or write the backslash twice',
  BAD_INDENT: 'the indentation does not fit the lines before it',
  BAD_SCALAR_START: 'a plain text may not start with this character. Quote it',
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " on one line. Quote the text, or put the value on its own line',
  DUPLICATE_KEY: 'this key stands twice in the same place. Keep one',
  MISSING_CHAR: 'a closing quote, bracket or comma is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line, with ": " behind it',
  MULTIPLE_DOCS: 'a manifest is one document. Remove the "---"',
  NON_STRING_KEY: 'keys must be plain text',
  RESOURCE_EXHAUSTION: tooDeep,
  TAB_AS_INDENT: 'tabs may not indent. Use spaces',
  TAG_RESOLVE_FAILED: 'an unknown tag, or a value that does not fit it. Quote text that starts with "!"',
  UNEXPECTED_TOKEN: 'something stands here that YAML does not expect. Quote the text, or check the indentation',
};
