// A golden history: what Temporal stored of one whole run, as a file. It is stored encrypted, as the server has it, so that replaying it proves the codec's
// format as well as the order of the steps. The key is no secret. What names a machine (hosts, folders, stacks) is taken out before it is written.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { historyToJSON, JSONToPayload, payloadToJSON, type History, type JSONPayload } from '@temporalio/common/lib/proto-utils.js';
import { projectRoot } from '../../dev/setup/project-root.mjs';
import { createDataConverter } from '../../temporal/data-converter.js';
import { isEncrypted } from '../../temporal/encryption-codec.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type HistoryEvent = { [name: string]: Json };
export interface HistoryFile {
  readonly events: readonly HistoryEvent[];
}

const key = createHash('sha256').update('the golden histories of Mooring').digest();
const id = 'histories-1';

/** Reads and writes the payloads of the files. */
export const historyConverter = createDataConverter({ current: { id, key }, find: (wanted) => (wanted === id ? key : undefined) }, 'default');
const [historyCodec] = historyConverter.payloadCodecs ?? [];

export const historyFolder = join(projectRoot, 'test', 'replay', 'histories');

/** The names of the runs there are files of. */
export function historyNames(): readonly string[] {
  return readdirSync(historyFolder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

export function readHistory(name: string): HistoryFile {
  return JSON.parse(readFileSync(join(historyFolder, `${name}.json`), 'utf8')) as HistoryFile;
}

/** One event a line, so that a change of a run can be read in a diff. */
export function historyText({ events }: HistoryFile): string {
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

/** A history as it may be stored. `codecs` read what the run wrote; `folder`, where the sandbox kept its secrets, becomes `/run`. */
export async function storable(history: History, codecs: readonly PayloadCodec[], folder: string): Promise<HistoryFile> {
  const neutral = (text: string): string => withoutStack(text.replaceAll(folder, '/run'));
  const parsed = JSON.parse(historyToJSON(history)) as HistoryFile;
  const events = await mapPayloads([...parsed.events], async (payload) => {
    const data = Buffer.from(neutral(textOf(await decoded(payload, codecs))));
    const { metadata } = await decoded(payload, codecs);
    const [written = payload] = (await historyCodec?.encode([{ metadata: metadata ?? {}, data }])) ?? [];
    return written;
  });
  return { events: withoutMachines(events) as HistoryEvent[] };
}

/** The text of every payload of ours in a file. */
export async function payloadTexts({ events }: HistoryFile): Promise<readonly string[]> {
  const texts: string[] = [];
  await mapPayloads([...events], async (payload) => {
    texts.push(textOf(await decoded(payload, historyConverter.payloadCodecs ?? [])));
    return payload;
  });
  return texts;
}

/** Calls back for every encrypted payload, wherever it stands, and puts what it gives in its place. */
async function mapPayloads(json: Json, change: (payload: Payload) => Promise<Payload>): Promise<Json> {
  if (Array.isArray(json)) return Promise.all(json.map((each) => mapPayloads(each, change)));
  if (typeof json !== 'object' || json === null) return json;
  if (isPayload(json)) {
    const payload = JSONToPayload(json);
    return isEncrypted(payload) ? ({ ...payloadToJSON(await change(payload)) } as Json) : json;
  }
  const changed = await Promise.all(Object.entries(json).map(async ([name, value]) => [name, await mapPayloads(value, change)] as const));
  return Object.fromEntries(changed);
}

function isPayload(json: object): json is JSONPayload & { [name: string]: Json } {
  return 'metadata' in json && typeof json.metadata === 'object' && json.metadata !== null && 'encoding' in json.metadata;
}

async function decoded(payload: Payload, codecs: readonly PayloadCodec[]): Promise<Payload> {
  let read = payload;
  for (const codec of codecs) [read = payload] = await codec.decode([read]);
  return read;
}

function textOf({ data }: Payload): string {
  return Buffer.from(data ?? new Uint8Array()).toString();
}

/** A failure's stack names the folders of the machine it was thrown on; nothing reads it. */
function withoutStack(text: string): string {
  if (!text.includes('"stack_trace"')) return text;
  return JSON.stringify({ ...(JSON.parse(text) as object), stack_trace: '' });
}

/** Who polled and who asked: `<process>@<host>`, also in the name of a sticky queue. Nothing of a run depends on it. */
function withoutMachines(json: Json): Json {
  if (Array.isArray(json)) return json.map(withoutMachines);
  if (typeof json !== 'object' || json === null) return json;
  const sticky = json['kind'] === 'TASK_QUEUE_KIND_STICKY';
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      if (name === 'identity' || (sticky && name === 'name')) return [name, 'recorder'];
      return [name, withoutMachines(value)];
    }),
  );
}
