// An acknowledgement is the platform's word; before anything is registered on it, what the bootstrap script made in the account is looked at. What is
// not seen is either not there, or hidden from the role that looks: only a person can tell, and is asked. Nothing is registered silently.
import type { PlannedStatement } from '../domain/plan.js';
import type { Platform } from '../domain/script.js';
import { isSame, ofAccount } from '../rules/left-over.js';
import { isLookable } from '../rules/platform-facts.js';
import { isoTime, type Clock } from './clock.js';
import type { PlatformSession } from './ports.js';
import { NotSeen } from './settle-unknown.js';

/** Throws `NotSeen` for the last statement whose object is not seen. A person's word counts through `toldThrough`. */
export async function verifyMade(
  session: PlatformSession,
  {
    planned,
    platform,
    toldThrough,
    clock,
  }: { planned: readonly PlannedStatement[]; platform: Platform; toldThrough: number; clock: Pick<Clock, 'now'> },
): Promise<void> {
  const made = planned.flatMap((statement) => {
    const { index, class: does, object } = statement;
    const isMade = does === 'create' && object !== undefined && ofAccount.has(object.kind) && isLookable(platform, object) && index > toldThrough;
    return isMade && !mayBeGone(planned, index, object) ? [{ statement, object }] : [];
  });
  if (made.length === 0) return;
  const states = await session.inspect(made.map(({ object }) => object));
  const absent = made.filter(({ object }) => states.some((state) => !state.exists && isSame(state.object, object)));
  const last = absent.at(-1);
  if (last === undefined) return;
  const found = absent.map(({ object }) => `${object.kind} ${object.name}`).join(', ');
  throw new NotSeen(last.statement, `${found} cannot be seen`, isoTime(clock.now()));
}

function mayBeGone(planned: readonly PlannedStatement[], created: number, made: NonNullable<PlannedStatement['object']>): boolean {
  return planned.some(
    ({ index, class: does, object, repeatable }) =>
      index > created && ((does === 'drop' && object !== undefined && isSame(object, made)) || (does === 'alter' && !repeatable)),
  );
}
