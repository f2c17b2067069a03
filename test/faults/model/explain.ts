// `node dist/test/faults/model/explain.js <file>`: tells the run of a stored schedule as its ledgers have it, in the order of time, and what is wrong with it.
// To be used on a schedule that failed.
import './virtual-globals.js';
import { readFileSync } from 'node:fs';
import type { Aftermath } from './run-schedule.js';
import type { Found } from './search.js';

const [{ loadProduct }, { runSchedule }, { violations }] = await Promise.all([
  import('./product.js'),
  import('./run-schedule.js'),
  import('./invariants.js'),
]);
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('Name the file of a stored schedule, such as test/faults/found/<name>.json.');
const { schedule } = JSON.parse(readFileSync(path, 'utf8')) as Found;
const after = await runSchedule(schedule, await loadProduct(new URL('../../../', import.meta.url)));
process.stdout.write(`${[...story(after), ...violations(after).map((wrong) => `WRONG ${wrong}`)].join('\n')}\n`);

function story({ ledger, platform, immuta, struck }: Aftermath): readonly string[] {
  const seconds = (at: number | undefined): string => (at === undefined ? '-' : ((at - ledger.beganAt) / 1_000).toFixed(2));
  const events: (readonly [number, string])[] = [
    ...ledger.platform.map(({ at, tag, leftAt, state, endedAt, heardAt, sessionRole, text, dropped = [] }): readonly [number, string] => {
      const gone = dropped.map(({ object, maker }) => `${object.name} (${maker})`);
      const times = `left ${seconds(leftAt)}, ${state} ${seconds(endedAt)}, heard ${seconds(heardAt)}`;
      return [
        at,
        `platform ${tag.replace(/^mooring.[^/]+./, '')} ${times}, role ${sessionRole ?? 'none'}: ${text}${gone.length > 0 ? `; gone: ${gone.join(', ')}` : ''}`,
      ];
    }),
    ...ledger.immuta.map(({ at, what, leftAt, applied, status = '', by }): readonly [number, string] => [
      at,
      `Immuta ${what} ${status} left ${seconds(leftAt)}, ${applied ? 'carried out' : 'refused'}, of ${by?.activity ?? '-'}/${by?.attempt ?? '-'}`,
    ]),
    ...ledger.attempts.map(({ startedAt, activity, id, attempt, how = 'open', endedAt }): readonly [number, string] => [
      startedAt,
      `attempt ${activity} ${id}/${attempt}: ${how} ${seconds(endedAt)}`,
    ]),
    ...ledger.journals.map(({ at, activity, acknowledgedThrough }): readonly [number, string] => [
      at,
      `record of ${activity}: acknowledged through ${acknowledgedThrough}`,
    ]),
    ...ledger.phases.map(({ at, phase }): readonly [number, string] => [at, `phase ${phase}`]),
    ...ledger.questions.map(({ askedAt, attention: { id, reason, left }, choice = '-', answeredAt }): readonly [number, string] => [
      askedAt,
      `question ${id}: ${reason} Left: ${left.join(', ')}. Answer: ${choice} ${seconds(answeredAt)}`,
    ]),
  ];
  if (ledger.cancelledAt !== undefined) events.push([ledger.cancelledAt, 'cancelled']);
  if (ledger.closed !== undefined) events.push([ledger.closed.at, `closed ${ledger.closed.how} as ${ledger.outcome?.outcome ?? 'nothing'}`]);
  return [
    ...events.toSorted(([one], [other]) => one - other).map(([at, text]) => `${seconds(at)} ${text}`),
    `stands: ${platform.things.map(({ object, maker }) => `${object.kind} ${object.name} (${maker})`).join(', ')}`,
    `Immuta: ${immuta.connection === undefined ? 'no connection' : `a connection by ${immuta.connection.creator}`}, ${immuta.integrations.length} integrations`,
    `struck: ${struck.join(', ') || 'nothing'}`,
  ];
}
