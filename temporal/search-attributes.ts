import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common/lib/search-attributes.js';
import { searchAttributeNames } from '../rules/search-attributes.js';

const { KEYWORD } = SearchAttributeType;

/** The typed keys, for whoever starts a run. */
export const searchAttributes = {
  phase: defineSearchAttributeKey(searchAttributeNames.phase, KEYWORD),
  platform: defineSearchAttributeKey(searchAttributeNames.platform, KEYWORD),
  operation: defineSearchAttributeKey(searchAttributeNames.operation, KEYWORD),
  connectionKey: defineSearchAttributeKey(searchAttributeNames.connectionKey, KEYWORD),
} as const;

/** What to paste when a server does not know some of them. */
export function searchAttributeCure(namespace: string, missing: readonly string[]): string {
  return missing.map((name) => `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type Keyword`).join('\n');
}
