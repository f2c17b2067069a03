import { InvalidArgumentError } from 'commander';

/** A comment that says something; the run refuses more than 1,024 characters. */
export function readComment(text: string): string {
  const comment = text.trim();
  if (comment !== '' && comment.length <= 1_024) return comment;
  throw new InvalidArgumentError('Write 1 to 1024 characters.');
}
