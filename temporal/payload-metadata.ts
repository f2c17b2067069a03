import type { Payload } from '@temporalio/common';

export function textToBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of one metadata entry; empty when it is absent. */
export function metadataText(payload: Payload, name: string): string {
  const bytes = payload.metadata?.[name];
  return bytes ? new TextDecoder().decode(bytes) : '';
}

export function encodingOf(payload: Payload): string {
  return metadataText(payload, 'encoding');
}
