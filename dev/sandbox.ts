// A whole Mooring on loopback, as one process tree: Temporal server, simulators, workers, codec endpoint. `mooring dev` keeps its state in
// `.mooring/`; the demo and the tests put theirs into a temporary folder. Everything in it dies with the process that started it.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { serveCodecEndpoint, type CodecEndpoint } from '../client/approvals/codec-endpoint.js';
import { readKeyRing } from '../secrets/key-ring.js';
import { createDataConverter } from '../temporal/data-converter.js';
import { childEnvironment } from './guardian.js';
import { startTemporalServer, type TemporalServer } from './temporal-server.js';

/** Where the simulators listen, and what works on them. The values of the credentials lie in files, one a value. */
export interface SimulatorAddresses {
  readonly immuta: { readonly url: string };
  readonly snowflake: { readonly host: string; readonly port: number; readonly warehouse: string };
  readonly databricks: SimulatedWorkspace;
  readonly control: { readonly url: string };
}

export interface SimulatedWorkspace {
  readonly host: string;
  readonly port: number;
  readonly httpPath: string;
  readonly tokenUrl: string;
  /** Service principals, by their application IDs. */
  readonly privilegedUser: { readonly clientId: string };
  readonly systemAccount: { readonly clientId: string };
}

export interface SandboxOptions {
  /** Keys, credentials and logs lie here; made if absent, kept if present. */
  readonly folder: string;
  /** 0 or absent: any free port. */
  readonly ports?: Partial<SandboxPorts>;
  /** Serves the Temporal UI, and the codec endpoint that lets it read. */
  readonly ui?: boolean;
  /** Keeps runs over restarts. Default: in memory. */
  readonly dbFilename?: string;
  /** A server that runs already, on loopback. Default: one of our own. */
  readonly temporalAddress?: string;
}

export interface SandboxPorts {
  readonly temporal: number;
  readonly ui: number;
  readonly codec: number;
  readonly immuta: number;
  readonly snowflake: number;
  readonly databricks: number;
  readonly control: number;
}

export interface Sandbox {
  readonly address: string;
  readonly uiUrl: string | undefined;
  readonly codecUrl: string | undefined;
  readonly simulators: SimulatorAddresses;
  /** One file a credential: `immuta.api-key`, `admin.p8`, `admin.password`, `admin.pat`, `immuta.p8` and so on (simulators/credentials.ts). */
  readonly secretFolder: string;
  /** The certificate of the authority that the simulated workspace is signed by. */
  readonly authorityFile: string;
  readonly codecKeysFile: string;
  readonly scriptKeysFile: string;
  /** What a command needs to find this sandbox; no key, no secret. */
  readonly commandEnvironment: Readonly<Record<string, string>>;
  /** Starts one more worker and waits until it polls. With `ownGroup` it leads a process group, which can be killed as a whole. */
  startWorker(environment?: Readonly<Record<string, string>>, options?: { readonly ownGroup?: boolean }): Promise<SandboxWorker>;
  /** Workers, then pages, then the server. */
  stop(): Promise<void>;
}

export interface SandboxWorker {
  readonly process: ChildProcess;
  /** SIGTERM, and SIGKILL if that does not help. */
  stop(): Promise<void>;
}

/** Waits that fit simulators on this machine; real platforms need the defaults. */
export const sandboxTiming = { quietPeriod: '1s', heartbeatTimeout: '3s', verifyDeadline: '30s', pollInterval: '200ms' } as const;

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { folder, ports = {} } = options;
  const secretFolder = join(folder, 'secrets');
  await mkdir(secretFolder, { recursive: true, mode: 0o700 });
  const codecKeysFile = await keptKey(join(folder, 'codec.keys'));
  const scriptKeysFile = await keptKey(join(folder, 'script.keys'));
  const timingFile = join(folder, 'timing.json');
  await writeFile(timingFile, JSON.stringify(sandboxTiming));

  const ending: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ending.splice(0).toReversed()) await end();
  };
  try {
    const codec = options.ui === true ? await startCodec(codecKeysFile, ports) : undefined;
    const temporal = await startTemporal(options, codec?.endpoint.url, codec?.uiPort).catch(async (error: unknown) => {
      await codec?.endpoint.close(); // it would keep us alive
      throw error;
    });
    ending.push(() => temporal.stop());
    if (codec !== undefined) ending.push(() => codec.endpoint.close());
    const authorityFile = join(folder, 'databricks-ca.pem');
    const simulators = await startSimulators(secretFolder, authorityFile, ports);
    ending.push(() => stopChild(simulators.process));
    const workers = new Set<SandboxWorker>();
    ending.push(async () => void (await Promise.all([...workers].map((worker) => worker.stop()))));
    const commandEnvironment = { TEMPORAL_ADDRESS: temporal.address, MOORING_CODEC_KEYS: codecKeysFile, MOORING_TIMING: timingFile };
    const workerEnvironment = {
      ...commandEnvironment,
      MOORING_SCRIPT_KEYS: scriptKeysFile,
      MOORING_SECRET_DIR: secretFolder,
      NODE_EXTRA_CA_CERTS: authorityFile,
      MOORING_ALLOW_LOOPBACK: '1',
      MOORING_ALLOW_AUTOMATIC: '1',
      MOORING_LOG_LEVEL: 'warn',
    };
    return {
      address: temporal.address,
      uiUrl: temporal.uiUrl,
      codecUrl: codec?.endpoint.url,
      simulators: simulators.addresses,
      secretFolder,
      authorityFile,
      codecKeysFile,
      scriptKeysFile,
      commandEnvironment,
      async startWorker(environment = {}, { ownGroup = false } = {}) {
        const worker = await startWorker({ ...workerEnvironment, ...environment }, join(folder, 'worker.log'), ownGroup);
        workers.add(worker);
        return worker;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const defaultUiPort = 8233;

async function startCodec(keysFile: string, ports: Partial<SandboxPorts>): Promise<{ endpoint: CodecEndpoint; uiPort: number }> {
  const uiPort = ports.ui ?? defaultUiPort;
  const converter = createDataConverter(await readKeyRing(keysFile), 'default');
  const endpoint = await serveCodecEndpoint({ port: ports.codec ?? 0, origin: `http://127.0.0.1:${uiPort}`, codecs: converter.payloadCodecs ?? [] });
  return { endpoint, uiPort };
}

async function startTemporal(options: SandboxOptions, codecEndpoint: string | undefined, uiPort: number | undefined): Promise<TemporalServer> {
  const { dbFilename, ports = {}, temporalAddress } = options;
  if (temporalAddress !== undefined) return { address: temporalAddress, uiUrl: undefined, stop: async () => undefined };
  return startTemporalServer({ port: ports.temporal || undefined, uiPort, codecEndpoint, dbFilename });
}

/** Puts the certificate of the authority that the simulated workspace is signed by into `authorityFile`: it is another one at each start. */
async function startSimulators(
  secretFolder: string,
  authorityFile: string,
  ports: Partial<SandboxPorts>,
): Promise<{ process: ChildProcess; addresses: SimulatorAddresses }> {
  const portArguments = (['immuta', 'snowflake', 'databricks', 'control'] as const).flatMap((name) => [`--${name}-port`, String(ports[name] ?? 0)]);
  const program = fileURLToPath(new URL('../simulators/main.js', import.meta.url));
  const child = spawn(process.execPath, [program, '--json', '--guarded', '--credentials', secretFolder, ...portArguments], {
    env: childEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [undefined])])) as [string | undefined];
  if (line === undefined) throw new Error(`The simulators did not start: ${complaint.split('\n')[0]}`);
  const announced = JSON.parse(line) as SimulatorAddresses & { readonly databricks: { readonly caCert: string } };
  await writeFile(authorityFile, announced.databricks.caCert, { mode: 0o600 });
  return { process: child, addresses: withoutCredentials(announced) };
}

/** The simulators announce credentials too; these lie in files, and in nothing that is printed or kept. */
function withoutCredentials({ immuta, snowflake, databricks, control }: SimulatorAddresses): SimulatorAddresses {
  const principal = ({ clientId }: { readonly clientId: string }) => ({ clientId });
  return {
    immuta: { url: immuta.url },
    snowflake: { host: snowflake.host, port: snowflake.port, warehouse: snowflake.warehouse },
    databricks: {
      host: databricks.host,
      port: databricks.port,
      httpPath: databricks.httpPath,
      tokenUrl: databricks.tokenUrl,
      privilegedUser: principal(databricks.privilegedUser),
      systemAccount: principal(databricks.systemAccount),
    },
    control: { url: control.url },
  };
}

async function startWorker(environment: Readonly<Record<string, string>>, logFile: string, ownGroup: boolean): Promise<SandboxWorker> {
  const program = fileURLToPath(new URL('../worker/main.js', import.meta.url));
  const log = await open(logFile, 'a', 0o600);
  const child = fork(program, [], { env: childEnvironment(environment), stdio: ['ignore', log.fd, log.fd, 'ipc'], execArgv: [], detached: ownGroup });
  await log.close();
  const [news] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
  if (news !== 'ready') throw new Error(`The worker did not start: ${(await readFile(logFile, 'utf8')).trim().split('\n').at(-1) ?? ''}`);
  return { process: child, stop: () => stopChild(child) };
}

/** Longer than the grace a worker gives its statements. */
const patienceMs = 8_000;

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await ended;
  clearTimeout(impatience);
}

/** A key file that is made once and kept: what it encrypted must stay readable. */
async function keptKey(file: string): Promise<string> {
  await writeFile(file, `dev-1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return file;
}
