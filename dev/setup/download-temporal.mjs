// The published CLI, by the address that Temporal's own SDKs ask: `GET /cli/<version>?platform=&arch=` answers `{ archiveUrl, fileToExtract }`.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { temporalCliVersion, temporalVersion } from './find-temporal.mjs';
import { publishFile } from './publish-file.mjs';
import { run } from './run-program.mjs';

const publicHost = 'https://temporal.download';
const answerDeadlineMs = 5_000; // a closed network must not cost more than this
const archiveDeadlineMs = 120_000; // 60 MB at 4 Mbit/s

/**
 * Throws if it cannot be had. The archive is trusted as far as TLS and the version it reports go.
 * @param {string} target
 * @param {NodeJS.ProcessEnv} _environment
 */
export async function downloadTemporal(target, _environment, host = publicHost) {
  try {
    await publishFile(target, (folder) => fetchInto(folder, host));
  } catch (error) {
    throw new Error(`Download from ${host} failed: ${reason(error)}`);
  }
}

/**
 * @param {string} folder
 * @param {string} host
 */
async function fetchInto(folder, host) {
  const { archiveUrl, fileToExtract } = await describeArchive(host);
  const archive = join(folder, 'archive');
  const answer = await fetch(archiveUrl, { signal: AbortSignal.timeout(archiveDeadlineMs) });
  if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status} for the archive`);
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(archive));

  const file = join(folder, fileToExtract);
  if (!(await run('tar', ['-xf', archive, '-C', folder, fileToExtract]))) throw new Error('the archive could not be unpacked');
  const version = temporalVersion(file);
  if (version !== temporalCliVersion) throw new Error(`expected version ${temporalCliVersion}, the program says ${version ?? 'nothing'}`);
  return file;
}

/**
 * @param {string} host
 * @returns {Promise<{ archiveUrl: string, fileToExtract: string }>}
 */
async function describeArchive(host) {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const address = `${host}/cli/v${temporalCliVersion}?platform=${platform}&arch=${arch}`;
  const answer = await fetch(address, { signal: AbortSignal.timeout(answerDeadlineMs) });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const { archiveUrl, fileToExtract } = /** @type {Record<string, unknown>} */ (await answer.json());
  const secure = typeof archiveUrl === 'string' && new URL(archiveUrl).protocol === new URL(host).protocol;
  if (!secure || typeof fileToExtract !== 'string' || !/^[\w.-]+$/.test(fileToExtract)) throw new Error('the answer has another form than expected');
  return { archiveUrl, fileToExtract };
}

/** @param {unknown} error */
function reason(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = /** @type {{ code?: string } | undefined} */ (error.cause);
  return cause?.code ?? error.message;
}
