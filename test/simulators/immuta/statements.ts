/** The statements of a script without their comments; written for these tests alone, so that no product code judges the simulator. */
export function statementsOf(script: string): string[] {
  const tokens = script.match(/--[^\n]*|\/\*[\s\S]*?\*\/|\$\$[\s\S]*?\$\$|'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|;|[^;'"$/-]+|[\s\S]/g) ?? [];
  const statements = [''];
  for (const token of tokens) {
    if (token === ';') statements.push('');
    else if (!token.startsWith('--') && !token.startsWith('/*')) statements.push((statements.pop() ?? '') + token);
  }
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '');
}
