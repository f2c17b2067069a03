// `mooring dev`: everything on loopback in one process tree, with its state in `.mooring/`, for as long as it runs in the foreground. A second
// terminal finds it by `.mooring/dev.json`.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isLoopbackAddress } from '../temporal/connection-options.js';
import { startSandbox, sandboxTiming, type Sandbox, type SandboxPorts } from './sandbox.js';
import { freePorts, isFree } from './free-port.js';
import { readJsonOption } from './read-json-option.js';

const folder = resolve('.mooring');

const portUsers: Readonly<Record<keyof SandboxPorts, string>> = {
  temporal: 'Temporal',
  ui: 'the Temporal UI',
  codec: 'the codec endpoint',
  immuta: 'the simulated Immuta',
  snowflake: 'the simulated Snowflake',
  databricks: 'the simulated Databricks',
  control: "the simulators' ledger",
};

const json = readJsonOption(process.argv.slice(2));
try {
  if (json !== undefined) await serve();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  process.removeAllListeners('disconnect'); // it keeps the channel to the command that started us, and the channel keeps us
}

async function serve(): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, '.gitignore'), '*\n');
  await refuseSecond();
  const asked = untilAskedToEnd();
  say('Starting the Temporal server, the simulators and a worker (Ctrl-C ends them all) ...');
  const temporalAddress = givenAddress(process.env['TEMPORAL_ADDRESS']);
  const ports = await keptPorts();
  await refuseTaken(temporalAddress === undefined ? ports : { ...ports, temporal: undefined, ui: undefined });
  const sandbox = await startSandbox({
    folder,
    ports,
    ui: true,
    dbFilename: join(folder, 'temporal.db'),
    ...(temporalAddress === undefined ? {} : { temporalAddress }),
  });
  try {
    const worker = await sandbox.startWorker();
    await announce(sandbox);
    const died = new Promise<'died'>((settle) => worker.process.once('exit', () => settle('died')));
    if ((await Promise.race([asked, died])) === 'died') throw new Error(`The worker ended by itself; its log is ${join(folder, 'worker.log')}.`);
    say('\nEnding: worker, pages, simulators, server.');
  } finally {
    await rm(join(folder, 'dev.json'), { force: true });
    await sandbox.stop();
  }
}

async function announce(sandbox: Sandbox): Promise<void> {
  const { address, uiUrl, codecUrl, simulators, secretFolder, codecKeysFile, scriptKeysFile } = sandbox;
  const state = {
    pid: process.pid,
    address,
    namespace: 'default',
    taskQueue: 'mooring',
    codecKeys: codecKeysFile,
    scriptKeys: scriptKeysFile,
    timing: sandboxTiming,
    uiUrl,
    codecUrl,
    simulators,
    secretFolder,
  };
  await writeFile(join(folder, 'dev.json'), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  if (json === true) process.stdout.write(`${JSON.stringify({ v: 1, ...state })}\n`);
  say(`
  Temporal             ${address}
  Temporal UI          ${uiUrl ?? 'none'}
  Codec endpoint       ${codecUrl ?? 'none'}
  Simulated Immuta     ${simulators.immuta.url}
  Simulated Snowflake  ${simulators.snowflake.host}:${simulators.snowflake.port}
  Simulated Databricks ${simulators.databricks.host}:${simulators.databricks.port}
  Simulators' ledger   ${simulators.control.url}/ledger
  Credentials          ${secretFolder}

In another terminal, in this folder or below:
  mooring init --dev          writes a manifest for these simulators
  mooring register <key>      registers it`);
}

/** The same addresses the next time: bookmarks and manifests go on working. */
async function keptPorts(): Promise<SandboxPorts> {
  const file = join(folder, 'ports.json');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  const names = ['temporal', 'ui', 'codec', 'immuta', 'snowflake', 'databricks', 'control'] as const;
  const before = kept === undefined ? {} : (JSON.parse(kept) as Partial<SandboxPorts>);
  if (names.every((name) => before[name] !== undefined)) return before as SandboxPorts;
  const free = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, place) => [name, before[name] ?? free[place] ?? 0])) as unknown as SandboxPorts;
  await writeFile(file, `${JSON.stringify(ports, null, 2)}\n`);
  return ports;
}

async function refuseTaken(ports: Readonly<Record<keyof SandboxPorts, number | undefined>>): Promise<void> {
  for (const [name, user] of Object.entries(portUsers)) {
    const port = ports[name as keyof SandboxPorts];
    if (port !== undefined && !(await isFree(port))) {
      const cure = `Stop what listens there, or delete ${join(folder, 'ports.json')} to get other ports (manifests made by \`init --dev\` hold the old ones).`;
      throw new Error(`Port ${port} on 127.0.0.1, kept for ${user}, is taken. ${cure}`);
    }
  }
}

/** A server of the user's own is used only on loopback: credentials of simulators, and a worker that trusts them, have no place elsewhere. */
function givenAddress(address: string | undefined): string | undefined {
  if (address === undefined || address === '') return undefined;
  if (isLoopbackAddress(address)) return address;
  throw new Error(`TEMPORAL_ADDRESS is ${address}: \`mooring dev\` uses a server on this machine only. Unset it, and dev starts its own.`);
}

async function refuseSecond(): Promise<void> {
  const text = await readFile(join(folder, 'dev.json'), 'utf8').catch(() => undefined);
  const pid = text === undefined ? undefined : (JSON.parse(text) as { pid?: number }).pid;
  if (pid === undefined || !lives(pid)) return;
  throw new Error(`\`mooring dev\` runs here already (process ${pid}). Use it, or end it with Ctrl-C first.`);
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function untilAskedToEnd(): Promise<'asked'> {
  return new Promise((settle) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => settle('asked'));
    process.once('disconnect', () => settle('asked')); // the command that started us is gone, however it died
  });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
