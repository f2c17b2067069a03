// A real Temporal server of our own, on loopback, for `mooring dev`, the demo, the tests and the benchmarks. It has no authentication, so it never
// listens anywhere else, and it ends with the process that started it (guardian.ts).
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { freePort, requireFree } from './free-port.js';
import type { GuardedProgram } from './guardian.js';
import { startGuarded } from './guardian.js';
import { findTemporal } from './setup/find-temporal.mjs';

export interface TemporalServerOptions {
  /** Default: one that is free. */
  readonly port?: number | undefined;
  /** The port of the Temporal UI. Default: no UI. */
  readonly uiPort?: number | undefined;
  /** Where the UI lets payloads be decoded and encoded, for example `http://127.0.0.1:8081`. */
  readonly codecEndpoint?: string | undefined;
  /** Keeps everything in this SQLite file. Default: in memory, gone at the end. */
  readonly dbFilename?: string | undefined;
  /** Takes what the server prints. Default: a temporary file that is removed at the end. */
  readonly logFile?: string | undefined;
}

export interface TemporalServer {
  readonly address: string;
  readonly uiUrl: string | undefined;
  stop(): Promise<void>;
}

/** All Keyword. The server must know them before a run starts: a run with an unknown one is refused. */
export const searchAttributes = ['MooringPhase', 'MooringPlatform', 'MooringOperation', 'MooringConnectionKey'] as const;

/** The server's services race at its start, and one start in some hundreds ends in a panic before it serves anything. */
const mostStarts = 3;

/** Starts a server and waits until it serves runs. Throws, with the end of the server's own log, if it does not. */
export async function startTemporalServer(options: TemporalServerOptions = {}): Promise<TemporalServer> {
  for (let starts = 1; ; starts++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (!(error instanceof Panicked) || starts === mostStarts) throw error;
    }
  }
}

class Panicked extends Error {}

async function startOnce(options: TemporalServerOptions): Promise<TemporalServer> {
  const binary = findTemporal(process.env);
  if (binary === undefined) throw new Error('There is no Temporal CLI. Run `node dev/setup.mjs`, put `temporal` on PATH, or set TEMPORAL_CLI_PATH.');
  const port = options.port ?? (await freePort());
  for (const wanted of [port, ...(options.uiPort === undefined ? [] : [options.uiPort])]) await requireFree(wanted);

  const folder = await mkdtemp(join(tmpdir(), 'mooring-temporal-'));
  const logFile = options.logFile ?? join(folder, 'temporal.log');
  const server = await startGuarded(binary.path, serverArguments(port, options), { logFile });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };

  const address = `127.0.0.1:${port}`;
  try {
    await untilHealthy(address, server);
  } catch (error) {
    await server.stop();
    const log = await readFile(logFile, 'utf8').catch(() => '');
    await stop();
    const message = `The Temporal server (${binary.path}) did not come up: ${messageOf(error)}\n${log.split('\n').slice(-12).join('\n')}`;
    throw /^panic: /m.test(log) ? new Panicked(message) : new Error(message);
  }
  return { address, uiUrl: options.uiPort === undefined ? undefined : `http://127.0.0.1:${options.uiPort}`, stop };
}

/**
 * The command line. The poll rates make it seven times faster: the development server has one history shard, whose default of 20 polls a second
 * lets every task wait up to 50 ms. A timer that is set within the time shift is moved behind it, by default up to a second: every retry and every
 * lease that lapses would last that much longer. The journal mode does the same for a file; a killed server loses nothing, a power cut the last moment.
 */
function serverArguments(port: number, { uiPort, codecEndpoint, dbFilename }: TemporalServerOptions): string[] {
  return [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--log-level',
    'warn',
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(codecEndpoint === undefined ? [] : ['--ui-codec-endpoint', codecEndpoint]),
    ...(dbFilename === undefined ? [] : ['--db-filename', dbFilename, ...sqlitePragmas.flatMap((pragma) => ['--sqlite-pragma', pragma])]),
    ...searchAttributes.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ...dynamicConfig.flatMap((setting) => ['--dynamic-config-value', setting]),
  ];
}

/** Also in docker-compose.yml; a test compares them. */
export const dynamicConfig = [
  ...['transfer', 'timer', 'visibility'].map((queue) => `history.${queue}ProcessorMaxPollRPS=10000`),
  'history.timerProcessorMaxTimeShift="50ms"',
];
export const sqlitePragmas = ['journal_mode=wal', 'synchronous=1'];

const healthyWithinMs = 30_000; // takes half a second on an idle machine
const askEveryMs = 50;

/** Serving is not enough: a run needs the namespace and the search attributes, which an older database file may lack. */
async function untilHealthy(address: string, server: GuardedProgram): Promise<void> {
  const deadline = Date.now() + healthyWithinMs;
  let end: { readonly code: number | null } | undefined;
  void server.ended.then((how) => (end = how));
  for (;;) {
    try {
      return await requireSearchAttributes(address);
    } catch (error) {
      if (end !== undefined) throw new Error(`it ended with exit code ${end.code}`);
      if (Date.now() > deadline) throw error;
      await sleep(askEveryMs);
    }
  }
}

async function requireSearchAttributes(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 500 });
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    const missing = searchAttributes.filter((name) => !(name in customAttributes));
    if (missing.length > 0) throw new Error(`it does not know the search attributes ${missing.join(', ')}`);
  } finally {
    await connection.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
