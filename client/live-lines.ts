import { stripVTControlCharacters } from 'node:util';
import type { Output } from './output.js';
import type { SafeText } from './safe-text.js';

const frameMs = 120; // smooth enough, and nothing for a processor

/** A block of lines on stderr that is redrawn in place until `stop`. For a terminal only. */
export class LiveLines {
  readonly #output: Output;
  readonly #lines: () => readonly SafeText[];
  readonly #timer: NodeJS.Timeout;
  #text = '';
  #rows = 0;

  constructor(output: Output, lines: () => readonly SafeText[]) {
    this.#output = output;
    this.#lines = lines;
    this.#output.draw('\u001b[?25l'); // the cursor would flicker
    this.#timer = setInterval(() => this.redraw(), frameMs);
    this.redraw();
  }

  redraw(): void {
    const text = this.#lines()
      .map((line) => `${line.toString()}\n`)
      .join('');
    if (text === this.#text) return;
    const up = this.#rows === 0 ? '' : `\u001b[${this.#rows}A`;
    this.#output.draw(`${up}\r\u001b[J${text}`);
    this.#text = text;
    this.#rows = rowsOf(text, this.#output.width);
  }

  /** Draws once more and leaves the lines where they are. */
  stop(): void {
    clearInterval(this.#timer);
    this.redraw();
    this.#output.draw('\u001b[?25h');
  }
}

/** How many rows of a terminal a text takes: long lines go on in the next row, and styles take no room. */
function rowsOf(text: string, width: number): number {
  return stripVTControlCharacters(text)
    .split('\n')
    .slice(0, -1)
    .reduce((rows, line) => rows + Math.max(1, Math.ceil(Array.from(line).length / width)), 0);
}
