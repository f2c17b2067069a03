/**
 * Whether a tag in a platform's history may be one of those that begin with `tagPrefix`, cut short. Then "absent" cannot be told from "cut", and the
 * history is as good as unavailable.
 */
export function isCutTag(tag: string, tagPrefix: string): boolean {
  return tag !== '' && tag.length < tagPrefix.length && tagPrefix.startsWith(tag);
}
