// The vendor's LIKE: % for any text, _ for one character, a backslash before one of them takes it literally.

export function like(value: string, pattern: string, caseInsensitive: boolean): boolean {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === '%') source += '[\\s\\S]*';
    else if (char === '_') source += '[\\s\\S]';
    else source += escape(char === '\\' && i + 1 < pattern.length ? pattern.charAt(++i) : char);
  }
  return new RegExp(`^${source}$`, caseInsensitive ? 'i' : '').test(value);
}

function escape(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/-]/, '\\$&');
}
