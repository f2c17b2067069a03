// The text of a statement without its secrets. Literals after words that announce a secret are blanked; a text that cannot be cut is blanked whole.
import { tokenize } from './tokenizer.js';

const announces = /PASSWORD|SECRET|TOKEN|PRIVATE_KEY|CREDENTIALS|AZURE_SAS|KEY_ID/;

export function maskSecrets(text: string): string {
  let masked = '';
  let copied = 0;
  let announced = false;
  try {
    for (const token of tokenize(text)) {
      const literal = token.kind === 'string' || token.kind === 'quoted';
      if (literal && announced) {
        masked += `${text.slice(copied, token.start)}'****'`;
        copied = token.end;
        announced = false;
      } else if (token.kind === 'word') {
        announced = announces.test(token.value);
      } else if (token.kind !== 'symbol' || token.value !== '=') {
        announced = false;
      }
    }
  } catch {
    return '(a text that cannot be read)';
  }
  return masked + text.slice(copied);
}
