// The words that decide where a statement ends. A lexer meets every word of a script, so it finds them by a hash that grows with the scan:
// slicing and upper-casing each word cost more than all the rest of the lexer.
const shapeWords =
  'ACTION AGGREGATE ALERT ALTER AS BEGIN CASE CREATE DATA DECLARE DEFINE DO ELSE ELSEIF END EXCEPTION EXECUTE EXTERNAL FOR FUNCTION GET GLOBAL IF LIST LOCAL LOOP LS METRIC MODIFY NAME OR PROCEDURE PUT REMOVE REPEAT REPLACE RM SECURE TASK TEMP TEMPORARY THEN TRANSACTION TRANSIENT UNTIL VOLATILE WHEN WHILE WITH WORK';

export const emptyHash = 7;

/** The hash after one more ASCII character of a word. Case does not matter: bit 5 is set. */
export function growHash(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (code | 0x20)) | 0;
}

const byHash = new Map(shapeWords.split(' ').map((word) => [hashOf(word), word]));

/** The shape word between two offsets in upper case, or '' if there is none. `hash` is that of these characters. */
export function shapeWord(text: string, start: number, end: number, hash: number): string {
  const word = byHash.get(hash);
  if (word === undefined || word.length !== end - start) return '';
  for (let at = 0; at < word.length; at++) {
    if ((text.charCodeAt(start + at) & 0xdf) !== word.charCodeAt(at)) return '';
  }
  return word;
}

function hashOf(word: string): number {
  let hash = emptyHash;
  for (let at = 0; at < word.length; at++) hash = growHash(hash, word.charCodeAt(at));
  return hash;
}
