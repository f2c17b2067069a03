import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildTemporal } from '../../dev/setup/build-temporal.mjs';
import { downloadTemporal } from '../../dev/setup/download-temporal.mjs';
import { cachedTemporal, findTemporal, temporalCliVersion } from '../../dev/setup/find-temporal.mjs';
import { sweepLeftovers } from '../../dev/setup/publish-file.mjs';
import { writeProgram, writeTemporal } from './program.js';

let home = '';
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'mooring-provide-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('downloadTemporal', () => {
  it('puts the program of the archive into the cache, and nothing else', async () => {
    await using host = await downloadHost(archiveOf(temporalCliVersion));
    const environment = { HOME: home, PATH: '/bin' };

    await downloadTemporal(cachedTemporal(environment), environment, host.address);

    expect(findTemporal(environment)?.foundBy).toBe('cache');
    expect(readdirSync(join(home, '.cache', 'mooring'))).toEqual([`temporal-${temporalCliVersion}`]);
    expect(host.asked[0]).toMatch(/^\/cli\/v1\.8\.2\?platform=[a-z]+&arch=[a-z0-9]+$/);
  });

  it('refuses a program of another version and leaves nothing behind', async () => {
    await using host = await downloadHost(archiveOf('1.8.3'));
    const target = cachedTemporal({ HOME: home });

    await expect(downloadTemporal(target, {}, host.address)).rejects.toThrow(/expected version 1\.8\.2, the program says 1\.8\.3/);

    expect(readdirSync(join(home, '.cache', 'mooring'))).toEqual([]);
  });

  it.each(['../../escape', '/etc/passwd', ''])('refuses an answer that names the file %j', async (fileToExtract) => {
    await using host = await downloadHost(archiveOf(temporalCliVersion), fileToExtract);

    await expect(downloadTemporal(cachedTemporal({ HOME: home }), {}, host.address)).rejects.toThrow(/another form than expected/);
  });

  it('says why when the host cannot be reached', async () => {
    const host = await downloadHost(Buffer.alloc(0));
    await host[Symbol.asyncDispose]();

    await expect(downloadTemporal(cachedTemporal({ HOME: home }), {}, host.address)).rejects.toThrow(/Download from .* failed: ECONNREFUSED/);
  });
});

describe('buildTemporal', () => {
  it('says that there is no Go', async () => {
    await expect(buildTemporal(cachedTemporal({ HOME: home }), { PATH: join(home, 'empty'), HOME: home })).rejects.toThrow(/no Go on PATH/);
  });

  it('keeps the caches of somebody without Go caches in a folder that is gone afterwards', async () => {
    const { environment, log } = withGo(join(home, 'nothing-here'));

    await buildTemporal(cachedTemporal(environment), environment);

    expect(findTemporal(environment)?.foundBy).toBe('cache');
    expect(readdirSync(join(home, '.cache', 'mooring'))).toEqual([`temporal-${temporalCliVersion}`]);
    expect(readFileSync(log, 'utf8')).toMatch(/GOMODCACHE=\S+\.working-\S+\/modules GOCACHE=\S+\.working-\S+\/cache GOFLAGS=-modcacherw/);
  });

  it('uses the caches of somebody who has them', async () => {
    mkdirSync(join(home, 'go', 'pkg', 'mod', 'cache'), { recursive: true });
    const { environment, log } = withGo(join(home, 'go', 'pkg', 'mod'));

    await buildTemporal(cachedTemporal(environment), environment);

    expect(readFileSync(log, 'utf8')).toContain('GOMODCACHE= GOCACHE= GOFLAGS=\n');
  });

  it('shows the end of what Go said when it fails, and leaves nothing behind', async () => {
    const { environment } = withGo(join(home, 'nothing-here'), 'echo "package: no such thing" >&2; exit 1');

    await expect(buildTemporal(cachedTemporal(environment), environment)).rejects.toThrow(/The Go build failed:\npackage: no such thing/);

    expect(readdirSync(join(home, '.cache', 'mooring'))).toEqual([]);
  });
});

describe('sweepLeftovers', () => {
  it('removes what a killed set-up left a day ago, and nothing that may be in use', () => {
    for (const name of ['.working-old', '.working-new', 'temporal-1.0.0']) mkdirSync(join(home, name));
    const twoDaysAgo = new Date(Date.now() - 48 * 60 * 60 * 1000);
    for (const name of ['.working-old', 'temporal-1.0.0']) utimesSync(join(home, name), twoDaysAgo, twoDaysAgo);

    sweepLeftovers(home);

    expect(readdirSync(home).sort((a, b) => a.localeCompare(b))).toEqual(['.working-new', 'temporal-1.0.0']);
  });
});

/** A gzipped archive with a program in it that gives itself this version. */
function archiveOf(version: string): Buffer {
  writeTemporal(join(home, 'packed', 'temporal'), version);
  return spawnSync('tar', ['-czf', '-', '-C', join(home, 'packed'), 'temporal']).stdout;
}

/** Answers as Temporal's download host does, on loopback. */
async function downloadHost(archive: Buffer, fileToExtract = 'temporal'): Promise<{ address: string; asked: string[] } & AsyncDisposable> {
  const asked: string[] = [];
  let address = '';
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(request.url === '/archive' ? archive : JSON.stringify({ archiveUrl: `${address}/archive`, fileToExtract }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  address = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { address, asked, [Symbol.asyncDispose]: close };
}

/** An environment whose Go writes down what it is given and makes a CLI of the right version, or does what `build` says. */
function withGo(moduleCache: string, build?: string) {
  const log = join(home, 'go.log');
  const made = writeTemporal(join(home, 'made'), temporalCliVersion);
  const succeed = `while [ "$1" != -o ]; do shift; done; cp ${made} "$2"`;
  const body = `case "$1" in
    version) echo "go version go1.26.8" ;;
    env) echo ${moduleCache} ;;
    build) echo "GOMODCACHE=$GOMODCACHE GOCACHE=$GOCACHE GOFLAGS=$GOFLAGS" > ${log}; ${build ?? succeed} ;;
  esac`;
  writeProgram(join(home, 'bin', 'go'), body);
  if (existsSync(log)) rmSync(log);
  return { log, environment: { HOME: home, PATH: `${join(home, 'bin')}:/usr/bin:/bin` } };
}
