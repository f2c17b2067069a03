/** Whether a source ends its process. Comments do not count; a string that looks like code does, which nobody needs. */
export function processExits(source: string): boolean {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
  return (
    /\bprocess\s*(\?\.|\.)\s*exit\s*\(/.test(code) ||
    /\bprocess\s*\[\s*['"`]exit/.test(code) ||
    /import[^;]*\bexit\b[^;]*from\s*['"](node:)?process['"]/.test(code)
  );
}
