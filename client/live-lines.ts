import type { Output } from './output.js';
import type { SafeText } from './safe-text.js';

const frameMs = 120; // smooth enough, and nothing for a processor

/** A block of lines on stderr that is redrawn in place until `stop`. For a terminal only. */
export class LiveLines {
  readonly #output: Output;
  readonly #lines: () => readonly SafeText[];
  readonly #timer: NodeJS.Timeout;
  #drawn = 0;

  constructor(output: Output, lines: () => readonly SafeText[]) {
    this.#output = output;
    this.#lines = lines;
    this.#output.draw('\u001b[?25l'); // the cursor would flicker
    this.#timer = setInterval(() => this.redraw(), frameMs);
    this.redraw();
  }

  redraw(): void {
    const lines = this.#lines();
    const up = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A`;
    this.#output.draw(`${up}\r\u001b[J${lines.map((line) => `${line.toString()}\n`).join('')}`);
    this.#drawn = lines.length;
  }

  /** Draws once more and leaves the lines where they are. */
  stop(): void {
    clearInterval(this.#timer);
    this.redraw();
    this.#output.draw('\u001b[?25h');
  }
}
