// Everything the commands read from the environment, read once.
// Without a Temporal address they look for a running `mooring dev` in this folder and above. What such a file says decides whom the commands
// trust, so one that belongs to somebody else, that others may write, or that leads away from this machine is passed over.
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { Timing } from '../domain/timing.js';
import { CommandError } from './command-error.js';

/** What a running `mooring dev` leaves in `.mooring/dev.json`. Further fields are its own affair. */
const DevState = z.looseObject({
  pid: z.int().positive(),
  address: z.string().regex(/^(localhost|127(\.[0-9]{1,3}){3}|\[::1\]):[0-9]{1,5}$/),
  namespace: z.string().min(1),
  codecKeys: z.string().min(1),
  scriptKeys: z.string().optional(),
  uiUrl: z.string().optional(),
  taskQueue: z.string().optional(),
  timing: z.record(z.string(), z.unknown()).optional(),
  simulators: z
    .looseObject({
      immuta: z.looseObject({ url: z.string() }),
      snowflake: z.looseObject({ host: z.string(), port: z.int(), warehouse: z.string() }),
      databricks: z.looseObject({
        host: z.string(),
        port: z.int(),
        httpPath: z.string(),
        tokenUrl: z.string(),
        privilegedUser: z.looseObject({ clientId: z.string() }),
        systemAccount: z.looseObject({ clientId: z.string() }),
      }),
    })
    .optional(),
  secretFolder: z.string().optional(),
});
export type DevState = z.infer<typeof DevState> & {
  /** The `dev.json` it was read from. */
  readonly file: string;
};

export interface CommandConfig {
  /** `TEMPORAL_*` and `MOORING_CODEC_KEYS`, with those of a running dev where nothing else is said. */
  readonly environment: NodeJS.ProcessEnv;
  readonly taskQueue: string;
  readonly timing: Timing;
  /** The running dev that is used; said to the person. */
  readonly dev: DevState | undefined;
}

/** Throws a `CommandError` of kind `usage` for settings that make no sense. */
export function readConfig(environment: NodeJS.ProcessEnv, folder: string): CommandConfig {
  const saysWhere = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'].some((name) => isSet(environment[name]));
  const dev = saysWhere ? undefined : findDev(folder);
  const taskQueue = environment['MOORING_TASK_QUEUE'] ?? dev?.taskQueue ?? 'mooring';
  const timing = readTiming(environment['MOORING_TIMING'], dev?.timing ?? {});
  return { environment: dev === undefined ? environment : withDev(environment, dev), taskQueue, timing, dev };
}

/** The manifest's path as `--manifest` or `MOORING_MANIFEST` say; `undefined` when the nearest one is meant. */
export function namedManifest(option: string | undefined, environment: NodeJS.ProcessEnv, folder: string): string | undefined {
  const named = option ?? (isSet(environment['MOORING_MANIFEST']) ? environment['MOORING_MANIFEST'] : undefined);
  return named === undefined ? undefined : resolve(folder, named);
}

/** The nearest running dev of a folder and its parents. */
export function findDev(folder: string): DevState | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const state = readDev(join(at, '.mooring', 'dev.json'));
    if (state !== undefined) return state;
    if (dirname(at) === at) return undefined;
  }
}

function readDev(file: string): DevState | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) return undefined;
  const parsed = DevState.safeParse(parseJson(readFileSync(file, 'utf8')));
  return parsed.success && lives(parsed.data.pid) ? { ...parsed.data, file } : undefined;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // gone, or somebody else's process that was given its number
  }
}

function withDev(environment: NodeJS.ProcessEnv, dev: DevState): NodeJS.ProcessEnv {
  const others = Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_')); // a TLS setting of another server would not fit
  return {
    ...Object.fromEntries(others),
    TEMPORAL_ADDRESS: dev.address,
    TEMPORAL_NAMESPACE: dev.namespace,
    MOORING_CODEC_KEYS: resolve(dirname(dev.file), dev.codecKeys),
    ...(dev.scriptKeys === undefined ? {} : { MOORING_SCRIPT_KEYS: resolve(dirname(dev.file), dev.scriptKeys) }),
  };
}

function readTiming(file: string | undefined, below: Readonly<Record<string, unknown>>): Timing {
  const parsed = Timing.safeParse({ ...below, ...readTimingFile(file) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CommandError(
    'usage',
    `The file that MOORING_TIMING names is not a timing: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trimEnd(),
    'Write JSON such as { "quietPeriod": "30s", "heartbeatTimeout": "10s", "verifyDeadline": "15m", "pollInterval": "5s" }.',
  );
}

function readTimingFile(file: string | undefined): object {
  if (file === undefined || file === '') return {};
  const refused = new CommandError(
    'usage',
    'The file that MOORING_TIMING names is not a JSON object that can be read.',
    'Correct it, or unset MOORING_TIMING.',
  );
  try {
    const timing = parseJson(readFileSync(file, 'utf8'));
    if (typeof timing === 'object' && timing !== null) return timing;
  } catch {
    throw refused;
  }
  throw refused;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
