import type { SafeText } from './safe-text.js';
import { paragraph, words } from './safe-text.js';

/** Lines of at most `room` code points, broken at blanks; a word that is longer stays whole. Line breaks of the text stay. */
export function wrapped(text: string, room: number): readonly string[] {
  return paragraph(text).flatMap((line) => {
    const lines: string[] = [];
    for (const word of line.toString().split(' ')) {
      const last = lines.at(-1);
      if (last === undefined || Array.from(last).length + 1 + Array.from(word).length > room) lines.push(word);
      else lines[lines.length - 1] = `${last} ${word}`;
    }
    return lines;
  });
}

/** The narrowest column that text is still read in. */
const leastRoom = 24;

/** Text behind `lead`, which takes `indent` columns: what does not fit into `width`, and every further line of the text, hangs under its beginning. */
export function hanging(lead: SafeText, indent: number, text: string, width: number): readonly SafeText[] {
  const [first = '', ...rest] = wrapped(text, Math.max(leastRoom, width - indent));
  return [words`${lead}${first}`, ...rest.map((line) => words`${' '.repeat(indent)}${line}`)];
}
