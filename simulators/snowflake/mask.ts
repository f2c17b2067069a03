// The text of a statement without its secrets. Literals after words that announce a secret are blanked; a text that cannot be cut is blanked whole.
import { tokenize } from './tokenizer.js';

const announces = /PASSWORD|SECRET|TOKEN|PRIVATE_KEY|CREDENTIALS|AZURE_SAS|KEY_ID/;

export function maskSecrets(text: string): string {
  let masked = '';
  let copied = 0;
  // `announced`: the word was read; `expected`: and its equals sign, so that whatever comes is the secret, quoted or not
  let state: 'plain' | 'announced' | 'expected' = 'plain';
  try {
    for (const token of tokenize(text)) {
      const literal = token.kind === 'string' || token.kind === 'quoted';
      if (state === 'expected' || (state === 'announced' && literal)) {
        masked += `${text.slice(copied, token.start)}'****'`;
        copied = token.end;
        state = 'plain';
      } else if (token.kind === 'word') {
        state = announces.test(token.value) && token.value !== 'MUST_CHANGE_PASSWORD' ? 'announced' : 'plain';
      } else {
        state = state === 'announced' && token.value === '=' ? 'expected' : 'plain';
      }
    }
  } catch {
    return '(a text that cannot be read)';
  }
  return masked + text.slice(copied);
}
