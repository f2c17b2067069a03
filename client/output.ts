// Results go to stdout, talk goes to stderr. With `json` the result is one object and talk stays talk.
import type { SafeText, Styler } from './safe-text.js';
import { safeJson, styled, words } from './safe-text.js';

export interface Output {
  readonly json: boolean;
  /** A person looks at stderr: it may be redrawn and coloured. */
  readonly interactive: boolean;
  /** The width of the terminal, or a width that suits a log. */
  readonly width: number;
  /** The width of the terminal that the result goes to; endless where it goes elsewhere. */
  readonly resultWidth: number;
  /** The command's result: the object with --json, else the lines. */
  result(value: object, lines: readonly SafeText[]): void;
  /** A word to the person, never a result. */
  say(line: SafeText): void;
  /** Bytes for the interactive part of stderr. */
  draw(text: string): void;
  /** A style where stdout shows colour. */
  readonly style: Styler;
  /** A style where stderr shows colour. */
  readonly talkStyle: Styler;
}

/** What a command writes to: a stream of the process, or what a test reads. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

export function createOutput({ json, environment, stdout, stderr }: OutputOptions): Output {
  const colourWanted = isSet(environment['FORCE_COLOR']) || ((environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb');
  const coloured = (stream: OutputStream): boolean => colourWanted && (stream.isTTY === true || isSet(environment['FORCE_COLOR']));
  const [colourOut, colourTalk] = [coloured(stdout), coloured(stderr)];
  return {
    json,
    interactive: stderr.isTTY === true && environment['TERM'] !== 'dumb' && !isSet(environment['CI']),
    get width() {
      return Math.max(40, stderr.columns ?? stdout.columns ?? 100);
    },
    get resultWidth() {
      return stdout.isTTY === true ? Math.max(40, stdout.columns ?? 100) : Number.POSITIVE_INFINITY;
    },
    result: (value, lines) => void stdout.write(json ? `${safeJson(value)}\n` : lines.map((line) => `${line.toString()}\n`).join('')),
    say: (line) => void stderr.write(`${line.toString()}\n`),
    draw: (text) => void stderr.write(text),
    style: (style, text) => (colourOut ? styled(style, text) : text),
    talkStyle: (style, text) => (colourTalk ? styled(style, text) : text),
  };
}

/** Columns as wide as their widest cell, two spaces between. Widths count code points of the text without style. */
export function table(rows: readonly (readonly string[])[]): SafeText[] {
  const cells = rows.map((row) => row.map((cell) => words`${cell}`.toString()));
  const widths: number[] = [];
  for (const row of cells) for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, Array.from(cell).length);
  return cells.map((row) => {
    const padded = row.map((cell, index) => (index === row.length - 1 ? cell : cell + ' '.repeat((widths[index] ?? 0) - Array.from(cell).length)));
    return words`${padded.join('  ').trimEnd()}`;
  });
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0';
}
