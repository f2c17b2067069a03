// A secret in a file. What is checked is the file that is read: the real path after every link has to lie in an allowed folder, and owner, kind,
// mode and size come from the open descriptor. Rules: owned by root or by the worker; not readable or writable by group or others.
//
// One exception, on purpose: Docker and Swarm mount secrets under /run/secrets as 0444, owned by root, and in a container there is no other
// user to keep out. So exactly 0444 passes if every folder from the allowed one down is owned by root or the worker and writable by its owner
// only. 0644 does not (Kubernetes' default; set defaultMode: 0400): there someone chose to let others read.
import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, isAbsolute, sep } from 'node:path';
import { SecretError } from './secret-error.js';

const maxBytes = 64 * 1024; // the largest key or token is a few KiB

/** The text of a secret file without one trailing newline. Throws a `SecretError` that says which rule failed. */
export async function readSecretFile(path: string, allowedFolders: readonly string[], refusedFiles: readonly string[] = []): Promise<string> {
  const refuse = (complaint: string, next: string) => new SecretError(`The secret file ${JSON.stringify(path)} ${complaint}.`, next);
  if (!isAbsolute(path)) throw refuse('is not an absolute path', 'Write file:/absolute/path.');

  const real = await realpath(path).catch((error: unknown) => {
    throw refuse(`cannot be found or reached (${codeOf(error)})`, 'Check the path, and that the worker may enter its folders.');
  });
  const folders = await Promise.all(allowedFolders.map((folder) => realpath(folder).catch(() => undefined)));
  const home = folders.find((folder) => folder !== undefined && real.startsWith(`${folder}${sep}`));
  if (home === undefined)
    throw refuse(
      `does not lie in an allowed folder (${allowedFolders.join(', ') || 'none'})${real === path ? '' : ', once links are resolved'}`,
      'Move it, or add its folder to MOORING_SECRET_DIR on the worker.',
    );

  const refused = await Promise.all(refusedFiles.map((file) => realpath(file).catch(() => file)));
  if (refused.includes(real)) throw refuse('is a key of the worker itself', 'Name the file of the secret that is meant.');

  // O_NOFOLLOW: the last part is not a link any more; O_NONBLOCK: a pipe must not hold the worker.
  const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error: unknown) => {
    throw refuse(`cannot be opened (${codeOf(error)})`, 'Let the user of the worker own it, with mode 0400 or 0600.');
  });
  try {
    await checkFile(file, real, home, refuse);
    return await readText(file, refuse);
  } finally {
    await file.close();
  }
}

type Refuse = (complaint: string, next: string) => SecretError;

async function checkFile(file: FileHandle, real: string, home: string, refuse: Refuse): Promise<void> {
  const facts = await file.stat();
  if (!facts.isFile()) throw refuse('is not a regular file', 'Point the reference to a file.');
  if (!ownedByUs(facts.uid)) throw refuse('belongs neither to root nor to the user of the worker', 'chown it to the user of the worker.');
  const mode = facts.mode & 0o777;
  if ((mode & 0o077) !== 0 && !(mode === 0o444 && (await isClosedUp(dirname(real), home))))
    throw refuse(`has mode 0${mode.toString(8)}: group or others may use it`, `chmod 0400 ${JSON.stringify(real)}`);
  if (facts.size > maxBytes)
    throw refuse(`has ${facts.size} bytes, more than ${maxBytes}`, 'A secret is a password, token or key: point to that alone.');
}

async function isClosedUp(folder: string, home: string): Promise<boolean> {
  const facts = await stat(folder);
  if ((facts.mode & 0o022) !== 0 || !ownedByUs(facts.uid)) return false;
  return folder === home || isClosedUp(dirname(folder), home);
}

function ownedByUs(uid: number): boolean {
  return uid === 0 || uid === process.getuid?.();
}

async function readText(file: FileHandle, refuse: Refuse): Promise<string> {
  const buffer = Buffer.alloc(maxBytes + 1); // the size may have changed since it was looked at
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length);
    length += bytesRead;
    if (bytesRead === 0 || length === buffer.length) break;
  }
  if (length > maxBytes) throw refuse(`has more than ${maxBytes} bytes`, 'A secret is a password, token or key: point to that alone.');
  const text = decode(buffer.subarray(0, length), refuse).replace(/\r?\n$/, '');
  if (text === '') throw refuse('is empty', 'Write the secret into it.');
  return text;
}

function decode(bytes: Uint8Array, refuse: Refuse): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('is not UTF-8 text', 'Store keys as PEM, not DER; store tokens as plain text.');
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no code';
}
