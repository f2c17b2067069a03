// What must be true of every run, whatever happened to it. Each is a function over the ledgers outside of the product, and says in words what is wrong.
// The numbers are those of the design notes.
import type { ObjectReference } from '../../../domain/plan.js';
import type { PlatformLine, RunLedger, Script, Thing } from './ledger.js';
import type { Aftermath } from './run-schedule.js';
import { databaseName, runtimeNames } from './script-texts.js';

type Invariant = (after: Aftermath) => string | undefined;

interface Placed extends PlatformLine {
  readonly place: NonNullable<PlatformLine['place']>;
}

export const invariants: Readonly<Record<string, Invariant>> = {
  'I1 nothing unapproved runs': ({ ledger, schedule }) => {
    const refused = ledger.askedToDecideAt !== undefined && schedule.decision !== 'approve';
    if (refused && ledger.platform.some(({ tag }) => tag.startsWith('mooring/'))) return 'a statement ran that nobody approved';
    const strange = ledger.platform.find(({ tag, text }) => {
      const [, script, index] = /^mooring\/[^/]+\/(bootstrap|cleanup)\/(?:restore\/)?(\d+)/.exec(tag) ?? [];
      return ledger.approved?.[script as Script]?.[Number(index)] !== text;
    });
    return strange && `what ran under ${strange.tag} is not what was approved: ${strange.text}`;
  },

  'I1 every statement runs in the session that its script sets up': ({ ledger }) => {
    if (ledger.questions.some(({ attention, choice }) => attention.reason.includes('The session of the script ended') && choice === 'ran'))
      return undefined; // somebody said so
    const lost = placed(ledger.platform).find(({ place: { script, index }, sessionRole, text }) => {
      if (text.startsWith('USE ')) return false;
      const before = (ledger.approved?.[script] ?? []).slice(0, index).findLast((each) => each.startsWith('USE '));
      return sessionRole !== before?.split(' ')[2];
    });
    return lost && `${lost.tag} ran in the session of ${lost.sessionRole ?? 'nobody'}`;
  },

  // The SDK's own heartbeat may take the place of a later record, and knows less: then the history tells, and where it cannot, only what is harmless goes again.
  'I2 what was acknowledged is not sent again': (after) => {
    const { ledger } = after;
    const again = placed(ledger.platform).find((line) => {
      const acknowledged = ledger.journals.find(
        ({ activity, acknowledgedThrough }) =>
          acknowledgedThrough >= line.place.index && passOf(after, activity) === passOf(after, line.place.activity),
      );
      return acknowledged !== undefined && acknowledged.at < line.leftAt && !(ledger.historyFailed === true && isHarmless(line.text));
    });
    return again && `${again.tag} left after the server had it acknowledged`;
  },

  'I2 a script is begun once, and a cleanup script anew only if it ran to its end': ({ ledger }) => {
    const begun = ledger.attempts.filter(({ fresh, attempt }) => fresh && attempt === 1);
    const wrong = begun.find((line, place) => {
      const earlier = begun.slice(0, place).findLast(({ script }) => script === line.script);
      return (
        earlier !== undefined &&
        !ledger.attempts.some(
          (each) => each.script === line.script && each.how === 'completed' && each.startedAt >= earlier.startedAt && each.startedAt < line.startedAt,
        )
      );
    });
    return wrong && `the ${wrong.script ?? ''} script was begun again`;
  },

  'I2 no statement leaves without a lease': ({ ledger }) => {
    const late = placed(ledger.platform).find(({ place: { activity, attempt }, leftAt }) => {
      const line = ledger.attempts.find((each) => each.id === activity && each.attempt === attempt);
      return line?.endedAt !== undefined && leftAt > line.endedAt;
    });
    return late && `${late.tag} left after its attempt had ended`;
  },

  'I3 a statement is applied once': (after) => {
    for (const [place, lines] of byPlace(after)) {
      const applied = lines.filter(({ state }) => state === 'applied');
      const [first] = applied;
      if (applied.length > 1 && first !== undefined && !(after.ledger.historyFailed === true && isHarmless(first.text)))
        return `${place} was applied ${applied.length} times: ${first.text}`;
    }
    return undefined;
  },

  'I4 statements run in their order, none is skipped': (after) => {
    for (const line of placed(after.ledger.platform)) {
      for (let index = 0; index < line.place.index; index++) {
        const before = placed(after.ledger.platform).filter(({ place }) => place.script === line.place.script && place.index === index);
        if (!before.some((each) => isDone(each) && (each.endedAt ?? Infinity) <= line.leftAt))
          return `${line.tag} left before statement ${index} was done`;
      }
    }
    return undefined;
  },

  'I5 the connection is created after the whole script': ({ ledger }) => {
    const post = ledger.immuta.find(({ what }) => what === 'create');
    if (post === undefined) return undefined;
    const missing = (ledger.approved?.bootstrap ?? []).findIndex(
      (_text, index) =>
        !placed(ledger.platform).some(
          (line) =>
            line.place.script === 'bootstrap' &&
            line.place.index === index &&
            line.state === 'applied' &&
            (line.endedAt ?? Infinity) <= (post.leftAt ?? 0),
        ),
    );
    return missing < 0 ? undefined : `the POST left before statement ${missing} was applied`;
  },

  'I6 at most one connection is created': ({ ledger }) => {
    const applied = ledger.immuta.filter(({ what, applied: done }) => what === 'create' && done).length;
    return applied > 1 ? `${applied} POSTs were carried out` : undefined;
  },

  'I6 a POST goes out again only when the first was seen to have had no effect': ({ ledger }) => {
    const posts = ledger.immuta.filter(({ what }) => what === 'create');
    const again = posts.find((post, place) => {
      const first = posts[place - 1];
      if (first === undefined) return false;
      const quietAt = (first.leftAt ?? first.at) + runtimeNames.quietPeriodMs;
      return !ledger.reads.some(({ what, found, at }) => what === 'connection' && !found && at >= quietAt && at <= (post.leftAt ?? post.at));
    });
    return again && 'a POST was sent again, and nobody had looked';
  },

  'I6 no write leaves for Immuta without a lease': ({ ledger }) => {
    const late = ledger.immuta.find(({ by, leftAt, what }) => {
      if (what === 'delete-integration') return false; // no id is ever given twice: it may come as late as it will
      const line = ledger.attempts.find((each) => each.id === by?.activity && each.attempt === by.attempt);
      return line?.endedAt !== undefined && (leftAt ?? 0) > line.endedAt;
    });
    return late && `a ${late.what} left after its attempt had ended`;
  },

  'I7 registered means that it was seen': ({ ledger, immuta }) => {
    if (ledger.outcome?.outcome !== 'registered') return undefined;
    const post = ledger.immuta.findLast(({ what, applied }) => what === 'create' && applied);
    const seen = ledger.reads.some(({ what, found, at }) => what === 'connection' && found && at > (post?.at ?? Infinity));
    const enabled = immuta.integrations.find(({ id }) => id === immuta.connection?.integrationId)?.status === 'enabled';
    return seen && enabled && immuta.connection?.creator === 'us' ? undefined : 'it says registered, and that was not so, or not seen';
  },

  'I8 nothing of a run is left behind unsaid': ({ ledger, platform, immuta, schedule }) => {
    const { outcome, leftBehind = [] } = ledger.outcome ?? {};
    if (ledger.closed === undefined || outcome === 'registered' || schedule.flow === 'deregister') return undefined;
    const left = [
      ...platform.things.filter(({ maker }) => maker === 'run').map(({ object }) => object),
      ...(immuta.connection?.creator === 'us' ? [{ kind: 'connection' as const, name: runtimeNames.connectionKey }] : []),
    ];
    const unsaid = left.find((object) => !isNamed(object, leftBehind));
    if (unsaid !== undefined)
      return `${unsaid.kind} ${unsaid.name} is left, and the run ended ${outcome ?? 'without an outcome'} without a word of it`;
    const integration = immuta.integrations.find(({ id }) => ledger.immuta.some(({ what, id: of }) => what === 'status' && of === id));
    return integration !== undefined && outcome !== 'abandoned' ? `integration ${integration.id} is left` : undefined;
  },

  'I8 deregistered means that everything is gone': ({ ledger, platform, immuta, schedule }) => {
    if (ledger.outcome?.outcome !== 'deregistered') return undefined;
    const dropped = (ledger.approved?.cleanup ?? []).flatMap(
      (text) => /^DROP \w+(?: IF EXISTS)? ([^\s;]+)/.exec(text)?.[1]?.replaceAll('"', '') ?? [],
    );
    const lookedAt = lastLook(ledger, Infinity);
    const left = platform.things.find(({ object, maker, madeAt }) => dropped.includes(object.name) && (maker !== 'other' || madeAt < lookedAt));
    if (left !== undefined) return `${left.object.kind} ${left.object.name} is left`;
    return immuta.connection !== undefined && immuta.connection.creator === 'us' && schedule.flow === 'deregister'
      ? 'the connection is left'
      : undefined;
  },

  'I9 an undo drops nothing that the run did not make': ({ ledger, schedule }) => {
    if (schedule.flow === 'deregister') return undefined;
    // What others put into a database or catalog of ours goes with it: nobody can be asked about each table.
    // What they make between the last look and the DROP nobody can see: the platforms have no "drop it if it is this one".
    const others: readonly Thing[] = ledger.platform.flatMap(({ dropped = [], leftAt }) => {
      const lookedAt = lastLook(ledger, leftAt);
      return dropped.filter(
        ({ maker, object, madeAt }) =>
          maker !== 'run' && madeAt < lookedAt && !dropped.some((outer) => outer.maker === 'run' && object.name.startsWith(`${outer.object.name}.`)),
      );
    });
    const [first] = others.filter(
      ({ object }) =>
        !ledger.questions.some(({ attention, choice }) => choice === 'undo' && attention.reason.includes(`${object.kind} ${object.name}`)),
    );
    return (
      first && `${first.object.kind} ${first.object.name} was dropped, and it was ${first.maker === 'before' ? 'there before' : "somebody else's"}`
    );
  },

  'I9 nothing is cleaned while the connection stands': ({ ledger, schedule }) => {
    const appeared =
      schedule.flow === 'deregister' ? -Infinity : (ledger.immuta.find(({ what, applied }) => what === 'create' && applied)?.at ?? Infinity);
    const vanished = ledger.immuta.find(({ what, applied }) => what === 'delete' && applied)?.at ?? Infinity;
    const byHand = ledger.cleanedByHandAt ?? Infinity;
    const line = placed(ledger.platform).find(
      ({ place, at, text }) =>
        place.script === 'cleanup' &&
        text.startsWith('DROP') &&
        at > appeared &&
        at < Math.min(vanished, byHand) &&
        !tookItBack(schedule.integration),
    );
    return line && `${line.tag} ran while the connection stood`;
  },

  'I10 nothing is deleted without a decision': ({ ledger, schedule }) => {
    const refused = ledger.askedToDecideAt !== undefined && schedule.decision !== 'approve';
    return refused && ledger.immuta.some(({ what }) => what === 'delete' || what === 'create')
      ? 'a write reached Immuta that nobody approved'
      : undefined;
  },

  'I11 after the DELETE a deregistration only goes forward': ({ ledger, schedule }) => {
    const deleted = ledger.immuta.some(({ what, applied }) => what === 'delete' && applied);
    const { outcome } = ledger.outcome ?? {};
    if (schedule.flow === 'register' || !deleted || ledger.closed === undefined) return undefined;
    return outcome === 'deregistered' || outcome === 'abandoned'
      ? undefined
      : `the connection is deleted, and the run ended ${outcome ?? 'without an outcome'}`;
  },

  'I21 every run comes to an end, in time': ({ ledger }) => {
    if (ledger.broken !== undefined) return ledger.broken;
    const waited = ledger.questions.reduce((sum, { askedAt, answeredAt = askedAt }) => sum + answeredAt - askedAt, 0);
    const healthy = (ledger.closed?.at ?? Infinity) - ledger.beganAt - waited;
    return healthy > longestRunMs ? `it took ${Math.round(healthy / 60_000)} minutes without the waits for people` : undefined;
  },

  'I22 nobody waits unseen': ({ ledger }) => {
    const unseen = ledger.questions.find(({ askedAt, answeredAt = ledger.closed?.at ?? Infinity }) => {
      const phase = ledger.phases.findLast(({ at }) => at <= Math.max(askedAt, answeredAt - 1))?.phase;
      return phase !== 'needs-attention';
    });
    return unseen && `${unseen.attention.id} was asked, and the phase did not say so`;
  },

  'I23 an undo ends when it is done, or when a person ends it': ({ ledger }) => {
    const undoing = ledger.phases.some(({ phase }) => phase === 'undoing');
    const outcome = ledger.outcome?.outcome;
    if (outcome === 'abandoned') return ledger.questions.some(({ choice }) => choice === 'abandon') ? undefined : 'abandoned, and nobody said so';
    if (!undoing || ledger.closed === undefined) return undefined;
    return outcome === 'compensated' || outcome === 'cancelled' ? undefined : `it was undoing, and ended ${outcome ?? 'without an outcome'}`;
  },

  'I24 what is reported is what happened': (after) => {
    const { ledger } = after;
    for (const { purpose, statements, ran, skipped } of ledger.outcome?.scripts ?? []) {
      const done = new Set(
        placed(ledger.platform)
          .filter((line) => line.place.script === purpose && isDone(line))
          .map(({ place }) => place.index),
      ).size;
      // A script that did not come to its end may have done more than was acknowledged, never less.
      const ended = ledger.outcome?.outcome === (purpose === 'bootstrap' ? 'registered' : 'deregistered');
      if (ran + skipped > done || (ended && (statements !== done || ran + skipped !== statements)))
        return `the ${purpose} script is said to have ${statements} statements, ${ran} of them run and ${skipped} found done; ${done} were carried out`;
    }
    const { outcome, leftBehind = [] } = ledger.outcome ?? {};
    return outcome !== 'abandoned' && leftBehind.length > 0 ? `it ended ${outcome ?? ''} and names what is left` : undefined;
  },
};

/** What is wrong with a run, a line each. */
export function violations(after: Aftermath): readonly string[] {
  return Object.entries(invariants).flatMap(([name, holds]) => {
    const wrong = holds(after);
    return wrong === undefined ? [] : [`${name}: ${wrong}`];
  });
}

/** Without the waits for people: statements that run half an hour, and the deadlines of everything else. */
const longestRunMs = 8 * 60 * 60_000;

function placed(lines: readonly PlatformLine[]): readonly Placed[] {
  return lines.filter((line): line is Placed => line.place !== undefined);
}

function isDone({ state, text }: PlatformLine): boolean {
  if (state === 'applied' || state === 'hollow') return true;
  return state === 'failed' && text.startsWith('DROP'); // of what was not there: the product looks, and counts it as done
}

/** How often a script had been begun when this activity ran. */
function passOf({ ledger }: Aftermath, activity: string): number {
  let passes = 0;
  for (const { fresh, attempt, id } of ledger.attempts) {
    if (fresh && attempt === 1) passes++;
    if (id === activity) return passes;
  }
  return passes;
}

function byPlace(after: Aftermath): ReadonlyMap<string, readonly Placed[]> {
  const places = new Map<string, Placed[]>();
  for (const line of placed(after.ledger.platform)) {
    const key = `statement ${line.place.index} of ${line.place.script}, begun for the ${passOf(after, line.place.activity)}. time,`;
    places.set(key, [...(places.get(key) ?? []), line]);
  }
  return places;
}

/** Says the same however often it is said. Not asked of the product's own classes: this is the judge. */
function isHarmless(text: string): boolean {
  return /^(USE|GRANT|ALTER)\b|^(CREATE|DROP)\b.*\bIF (NOT )?EXISTS\b/.test(text);
}

/** By itself, or by what it lies in. */
function isNamed({ kind, name }: { readonly kind: ObjectReference['kind'] | 'connection'; readonly name: string }, said: readonly string[]): boolean {
  const inside = said.some((each) =>
    [databaseName('Snowflake'), databaseName('Databricks')].some((container) => each.endsWith(container) && name.startsWith(`${container}.`)),
  );
  return inside || said.some((each) => each.endsWith(`${kind} ${name}`));
}

function tookItBack(integration: Aftermath['schedule']['integration']): boolean {
  return integration === 'createError-removed';
}

/** When the last look at the platform that ended by `before` began: what others make after it, nobody can see. */
function lastLook({ attempts }: RunLedger, before: number): number {
  const look = attempts.findLast(
    ({ activity, endedAt, how }) => activity === 'inspectPlatform' && how === 'completed' && endedAt !== undefined && endedAt <= before,
  );
  return look?.startedAt ?? -Infinity;
}
