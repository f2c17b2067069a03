// Bugs planted on purpose, each in a copy of the compiled product: a proof of safety that no bug can fail proves nothing. A patch names text that must be
// there once, so that one that no longer fits the product fails loudly.

import type { Schedule, Strike } from './schedule.js';

export interface Patch {
  /** In the compiled tree. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** What its victims have in common, where that is rare: each schedule that is drawn is given the traits of one of these. */
  readonly traits?: readonly Partial<Schedule>[];
}

function strike(at: Strike['at'], nth: number, blow: Strike['blow'], which = 0): Strike {
  return { at, nth, blow, which, forMs: 45_000 };
}

export const mutants: readonly Mutant[] = [
  {
    name: 'journal-written-after-the-send',
    patches: [
      {
        file: 'activities/run-script.js',
        find: 'await keeper.cover(index, last);\n            queryIds.push(await runStatement(run, session, index, last));',
        replace: 'queryIds.push(await runStatement(run, session, index, last));\n            await keeper.cover(index + 1, last);',
      },
      { file: 'activities/run-script.js', find: '    keeper.lookAhead(index, last);\n', replace: '' },
      { file: 'activities/awaited-heartbeat.js', find: 'activity.heartbeat(vaguer(details));', replace: 'activity.heartbeat(details);' },
    ],
  },
  {
    name: 'no-quiet-period',
    patches: [{ file: 'activities/settle-unknown.js', find: 'unknown.silentSinceMs + unknown.quietPeriodMs', replace: 'unknown.silentSinceMs' }],
  },
  {
    name: 'tag-not-looked-up',
    patches: [{ file: 'activities/settle-unknown.js', find: 'records.filter(({ tag }) => tag.startsWith(`${tagPrefix}${index}/`))', replace: '[]' }],
  },
  {
    name: 'retried-in-two-layers',
    patches: [
      {
        file: 'activities/run-script.js',
        find: '        if (!isPortError(error) || error.ambiguous)\n            throw naming(error, run, statement);',
        replace:
          '        if (error.ambiguous) {\n            const again = await openSession(run, new AbortController().signal);\n            const text = script.texts[index] ?? "";\n            await again.execute({ index, text, tag: `${tagPrefix(run)}${index}/${activityInfo().attempt}`, timeoutMs: statementTimeoutMs, leaseEndsAt: keeper.leaseEndsAt });\n        }\n        if (!isPortError(error) || error.ambiguous)\n            throw naming(error, run, statement);',
      },
    ],
  },
  {
    name: 'undo-noted-after-the-script',
    patches: [
      {
        file: 'workflows/register-connection.js',
        find: '        undo.noteScript(prepared, platform);\n        const ran',
        replace: '        const ran',
      },
      {
        file: 'workflows/register-connection.js',
        find: '        undo.noteJournal(ran.journal);',
        replace: '        undo.noteScript(prepared, platform);\n        undo.noteJournal(ran.journal);',
      },
    ],
  },
  {
    name: 'undo-noted-after-the-post',
    patches: [
      { file: 'workflows/register-connection.js', find: '        undo.notePost();\n', replace: '' },
      {
        file: 'workflows/register-connection.js',
        find: "        return await endWell(board, 'registered'",
        replace: "        undo.notePost();\n        return await endWell(board, 'registered'",
      },
    ],
  },
  {
    name: 'gates-do-not-compare-hashes',
    traits: [{ tampered: true, flow: 'register', platform: 'Snowflake' }],
    patches: [
      {
        file: 'activities/run-script.js',
        find: 'if (plan.sha256 !== sealed.sha256 || texts.length !== decided.length ||',
        replace: 'if (texts.length !== decided.length &&',
      },
      { file: 'platforms/statement-gate.js', find: 'if (expected === actual)', replace: 'if (expected !== undefined && actual !== undefined)' },
    ],
  },
  {
    name: 'if-not-exists-taken-for-proof',
    traits: [2, 3, 4].map(
      (nth) =>
        ({
          flow: 'register',
          platform: 'Snowflake',
          cleanup: 'whole',
          decision: 'approve',
          bootstrap: ['grant', 'create-if', 'create'],
          immuta: [{ nth: 1, fate: 'status-422' }],
          strikes: [strike('answered', nth, 'make', 1)],
        }) as const,
    ),
    patches: [{ file: 'activities/journal-keeper.js', find: 'made: creation.plain }', replace: 'made: true }' }],
  },
  {
    name: 'full-page-taken-for-all',
    traits: [{ platform: 'Snowflake', history: 'full' }],
    patches: [{ file: 'platforms/snowflake/history.js', find: 'rows.length >= historyLimit || ', replace: '' }],
  },
  {
    name: 'lease-not-checked-before-a-statement',
    patches: [{ file: 'platforms/statement-gate.js', find: 'if (lateMs < 0)', replace: 'if (lateMs < Infinity)' }],
  },
  {
    name: 'lease-not-checked-before-a-write',
    traits: [{ decision: 'approve', strikes: [strike('immuta-write', 1, 'stop')] }],
    patches: [{ file: 'activities/awaited-heartbeat.js', find: 'if (clock.monotonicMs() < leaseEndsAt)', replace: 'if (leaseEndsAt < Infinity)' }],
  },
  {
    name: 'post-repeated-without-reading-back',
    traits: [{ flow: 'register', decision: 'approve', immuta: [{ nth: 1, fate: 'cut-after' }] }],
    patches: [
      {
        file: 'activities/create-connection.js',
        find: 'if (run.sent !== undefined && (await readBack(run, immuta)))',
        replace: 'if (run.sent === null)',
      },
      {
        file: 'activities/create-connection.js',
        find: 'if (mayBeOurs && (await readBack(run, immuta)))',
        replace: 'if (mayBeOurs && run.sent === null)',
      },
    ],
  },
  {
    name: 'conflict-taken-for-ours',
    patches: [
      {
        file: 'activities/create-connection.js',
        find: 'if (mayBeOurs && (await readBack(run, immuta)))',
        replace: "if (error.kind === 'conflict' || (mayBeOurs && (await readBack(run, immuta))))",
      },
    ],
  },
  {
    name: 'undo-not-shielded-from-cancellation',
    patches: [
      {
        file: 'workflows/register-connection.js',
        find: 'await CancellationScope.nonCancellable(() => endFailed(error, board, undo))',
        replace: 'await endFailed(error, board, undo)',
      },
    ],
  },
  {
    name: 'what-was-there-before-is-dropped',
    traits: [
      {
        roleExistedBefore: true,
        flow: 'register',
        platform: 'Snowflake',
        cleanup: 'whole',
        decision: 'approve',
        bootstrap: ['create-if', 'create'],
        immuta: [{ nth: 1, fate: 'status-422' }],
      },
    ],
    patches: [
      { file: 'rules/choose-undo.js', find: 'if (target.existedBefore || target.madeSince === true)\n        return false;', replace: '' },
      { file: 'rules/choose-undo.js', find: 'made || isBetween(target.createdAt, Date.parse(sentAt))', replace: 'made || sentAt !== undefined' },
    ],
  },
  {
    name: 'mark-moved-past-a-running-statement',
    traits: [1, 2, 3].map((nth) => ({ statements: [{ nth, fate: 'long' }], strikes: [strike('left', nth, 'kill')] }) as const),
    patches: [{ file: 'rules/settle.js', find: "return 'wait';", replace: "return 'done';" }],
  },
  {
    name: 'cleanup-not-verified',
    patches: [
      { file: 'workflows/clean-up.js', find: 'const after = await this.#stillThere(targets);', replace: 'const after = [];' },
      {
        file: 'workflows/compensation.js',
        find: '    async #whatIsLeft() {',
        replace: '    async #whatIsLeft() {\n        if (this.#request !== undefined) return undefined;',
      },
    ],
  },
  {
    name: 'session-not-restored',
    patches: [
      {
        file: 'activities/run-script.js',
        find: 'await restore(run, session, last);',
        replace: 'void 0;',
      },
    ],
  },
  {
    name: 'lost-answer-taken-for-a-refusal',
    patches: [{ file: 'activities/run-script.js', find: 'if (!isPortError(error) || error.ambiguous)', replace: 'if (!isPortError(error))' }],
  },
  {
    name: 'expiry-taken-for-a-yes',
    traits: [{ decision: 'never', policy: 'approval' }],
    patches: [{ file: 'workflows/decision-gate.js', find: "verdict === undefined ? 'expired'", replace: "verdict === undefined ? 'approved'" }],
  },
  {
    name: 'repeated-statements-forgotten',
    traits: [
      {
        flow: 'register',
        platform: 'Snowflake',
        decision: 'approve',
        cleanup: 'forgetful',
        history: 'unreadable',
        bootstrap: ['grant', 'alter', 'create-if'],
        strikes: [strike('applied', 5, 'kill')],
        statements: [6, 7, 8].map((nth) => ({ nth, fate: 'refused' })),
      },
    ],
    patches: [
      {
        file: 'activities/settle-unknown.js',
        find: 'keeper.noteRepeated(open.length);\n        keeper.repeats(keeper.journal.mayHaveSentThrough);',
        replace: 'keeper.settled();',
      },
    ],
  },
  {
    name: 'running-statements-not-waited-for-by-the-undo',
    traits: [2, 3].map(
      (nth) =>
        ({
          flow: 'register',
          decision: 'approve',
          history: 'readable',
          cleanup: 'whole',
          statements: [{ nth, fate: 'long' }],
          strikes: [strike('left', nth, 'kill'), strike('task', 4, 'cancel'), strike('open', 3, 'cancel')],
        }) as const,
    ),
    patches: [{ file: 'workflows/compensation.js', find: 'if (unknownCount(journal) === 0)', replace: 'if (unknownCount(journal) < Infinity)' }],
  },
  {
    name: 'what-others-made-meanwhile-is-dropped',
    traits: [2, 3, 4, 5].map(
      (nth) =>
        ({
          flow: 'register',
          decision: 'approve',
          cleanup: 'whole',
          immuta: [{ nth: 1, fate: 'status-422' }],
          strikes: [strike('look', nth, 'make')],
          answers: ['retry'],
        }) as const,
    ),
    patches: [{ file: 'workflows/compensation.js', find: 'madeSince: state.exists && ', replace: 'madeSince: !state.exists && ' }],
  },
  {
    name: 'what-no-script-drops-is-not-listed',
    traits: [{ flow: 'register', decision: 'approve', cleanup: 'none', immuta: [{ nth: 1, fate: 'status-422' }], answers: ['abandon'] }],
    patches: [
      {
        file: 'workflows/compensation.js',
        find: 'left = [...this.#standing(states), ',
        replace: 'left = [...existing(this.#dropped(states)), ',
      },
    ],
  },
];
