/** A script that is not certain to mean what it looks like. Nothing of it was run. Satisfies `PortError`; holds the line, never the text. */
export class ScriptRefused extends Error {
  override readonly name = 'ScriptRefused';
  readonly kind = 'script-refused';
  readonly ambiguous = false;
  /** Where the trouble starts, from 1. */
  readonly line: number;
  readonly next: string;

  constructor(line: number, complaint: string, next: string) {
    super(`Line ${line} of the script: ${complaint}`);
    this.line = line;
    this.next = next;
  }
}
