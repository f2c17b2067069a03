// The manifest that `init` writes: plain text with comments, because a person goes on from here. Values are written as JSON texts, which YAML reads
// as they are.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Keys in their order, each with a value or a block of its own, and perhaps a remark behind it. */
export type Block = readonly (readonly [key: string, value: string | number | Block, remark?: string])[];

/** What `init` has to know. Secrets are references here as everywhere. */
export interface NewManifest {
  readonly immutaUrl: string;
  readonly immutaSecret: string;
  readonly connectionKey: string;
  readonly connection: Block;
  readonly policy: 'approval' | 'automatic';
}

/** The text of a manifest that lies in `folder`. */
export function manifestText({ immutaUrl, immutaSecret, connectionKey, connection, policy }: NewManifest, folder: string): string {
  return `# yaml-language-server: $schema=${schemaReference(folder)}
# Secrets are references, resolved by the worker: env:NAME or file:/absolute/path. Never write a secret here.
immuta:
  url: ${quoted(immutaUrl)}
  authentication: apiKey
  secret: ${quoted(immutaSecret)}

# Merged under every connection.
defaults:
  script: { policy: ${policy}, expiresAfter: 72h }

connections:
  ${quoted(connectionKey)}:
${lines(connection, '    ').join('\n')}
`;
}

function lines(block: Block, indent: string): readonly string[] {
  return block.flatMap(([key, value, remark]) => {
    const behind = remark === undefined ? '' : ` # ${remark}`;
    if (typeof value === 'object') return [`${indent}${key}:${behind}`, ...lines(value, `${indent}  `)];
    return [`${indent}${key}: ${typeof value === 'number' ? value : quoted(value)}${behind}`];
  });
}

/** Plain where YAML reads plain text as text, else in quotes. */
function quoted(text: string): string {
  const plain = /^[A-Za-z/][A-Za-z0-9_./:-]*$/.test(text) && !text.endsWith(':') && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}

/** The schema that lies beside this program: by a relative path where it is near, since a project moves as a whole. */
function schemaReference(folder: string): string {
  const schema = new URL('../manifest.schema.json', import.meta.url);
  const near = relative(folder, fileURLToPath(schema));
  return near.startsWith('..') ? schema.href : `./${near}`;
}
