import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../activities/clock.js';
import { JournalKeeper } from '../../activities/journal-keeper.js';
import { emptyJournal, notRun, readJournal, unknownCount, type Journal } from '../../rules/journal.js';

function given({
  window = 8,
  heartbeatTimeoutMs = 10_000,
  from = emptyJournal,
}: {
  window?: number;
  heartbeatTimeoutMs?: number;
  from?: Journal;
} = {}) {
  const stored: Journal[] = [];
  const clock = { now: 0 };
  const server: { fails: number; holds?: Promise<void> } = { fails: 0 };
  const store = async (journal: Journal): Promise<void> => {
    await sleep(1);
    await server.holds;
    if (server.fails > 0) {
      server.fails--;
      throw new Error('the server is not there');
    }
    stored.push(journal);
  };
  return {
    keeper: new JournalKeeper({ store, heartbeatTimeoutMs, window, clock: { ...systemClock, monotonicMs: () => clock.now } }, from),
    stored,
    clock,
    server,
  };
}

describe('the journal of a script', () => {
  it('has stored, before a statement may leave, that it may have been sent', async () => {
    const { keeper, stored } = given();

    for (let index = 0; index < 20; index++) {
      await keeper.cover(index, 19);
      expect(stored.at(-1)?.mayHaveSentThrough).toBeGreaterThanOrEqual(index);
      keeper.acknowledge(index, 'ran');
    }
  });

  it('never allows more than the script has', async () => {
    const { keeper, stored } = given();

    await keeper.cover(0, 2);

    expect(stored.at(-1)?.mayHaveSentThrough).toBe(2);
  });

  it('writes one record for at least four statements where the history can be read', async () => {
    const { keeper, stored } = given();

    for (let index = 0; index < 100; index++) {
      await keeper.cover(index, 99);
      keeper.lookAhead(index, 99);
      await sleep(2);
      keeper.acknowledge(index, 'ran');
    }

    expect(stored.length).toBeLessThanOrEqual(25);
  });

  it('holds up no covered statement for the record of those behind it, and has one such record on its way at a time', async () => {
    const { keeper, stored, server } = given();
    await keeper.cover(0, 99);
    for (const index of [0, 1, 2, 3, 4]) keeper.acknowledge(index, 'ran');
    let answer = (): void => undefined;
    server.holds = new Promise((resolve) => (answer = resolve));

    keeper.lookAhead(5, 99);
    for (const index of [5, 6, 7]) {
      await keeper.cover(index, 99);
      keeper.lookAhead(index, 99);
      keeper.acknowledge(index, 'ran');
    }
    const held = stored.length;
    answer();
    await keeper.cover(8, 99);

    expect(held).toBe(1);
    expect(stored.map(({ mayHaveSentThrough }) => mayHaveSentThrough)).toEqual([7, 13]);
  });

  it('writes one record for each statement where it cannot', async () => {
    const { keeper, stored } = given({ window: 1 });

    for (let index = 0; index < 5; index++) {
      await keeper.cover(index, 4);
      expect(stored.at(-1)?.mayHaveSentThrough).toBe(index);
      keeper.acknowledge(index, 'ran');
    }
  });

  it('keeps what an earlier attempt may have sent until it is settled', async () => {
    const { keeper, stored } = given({ from: { ...emptyJournal, acknowledgedThrough: 3, mayHaveSentThrough: 7 } });

    await keeper.flush();
    expect(stored.at(-1)).toMatchObject({ acknowledgedThrough: 3, mayHaveSentThrough: 7 });
    keeper.settled();
    await keeper.flush();

    expect(stored.at(-1)).toMatchObject({ acknowledgedThrough: 3, mayHaveSentThrough: 3 });
  });

  it('lets no record that began before a settlement claim more after it', async () => {
    const { keeper, stored } = given();
    await keeper.cover(0, 20);
    keeper.lookAhead(7, 20);
    keeper.settled(); // statement 0 was refused while the record for the next ones was on its way

    await keeper.flush();

    expect(stored.at(-1)).toMatchObject({ acknowledgedThrough: -1, mayHaveSentThrough: -1 });
  });

  it('covers a settled statement anew before it is sent again', async () => {
    const { keeper, stored } = given({ from: { ...emptyJournal, acknowledgedThrough: 3, mayHaveSentThrough: 7 } });
    keeper.settled();

    await keeper.cover(4, 10);

    expect(stored.at(-1)?.mayHaveSentThrough).toBeGreaterThanOrEqual(4);
  });

  it('counts a lease from when the record was sent, and renews it before too little is left', async () => {
    const { keeper, stored, clock } = given({ heartbeatTimeoutMs: 3_000 });
    clock.now = 1_000;

    await keeper.cover(0, 9);
    expect(keeper.leaseEndsAt).toBe(4_000);
    clock.now = 3_300;
    await keeper.cover(1, 9);

    expect(keeper.leaseEndsAt).toBe(6_300);
    expect(stored).toHaveLength(2);
  });

  it('lets no statement go when its record cannot be stored', async () => {
    const { keeper, server } = given();
    server.fails = 1;

    await expect(keeper.cover(0, 9)).rejects.toThrow('not there');
  });

  it('writes a record again that failed while it looked ahead', async () => {
    const { keeper, server, stored } = given({ window: 1 });
    await keeper.cover(0, 9);
    server.fails = 1;

    keeper.lookAhead(0, 9);
    keeper.acknowledge(0, 'ran');
    await keeper.cover(1, 9);

    expect(stored.at(-1)?.mayHaveSentThrough).toBe(1);
  });

  it('renews the lease while a statement runs', async () => {
    const { keeper, stored } = given({ heartbeatTimeoutMs: 60 });
    await keeper.cover(0, 0);

    await keeper.renewingWhile(sleep(100));

    expect(stored.length).toBeGreaterThanOrEqual(3);
  });

  it('believes an acknowledged plain CREATE, and no other, to have made its object', async () => {
    const { keeper } = given();
    const object = { kind: 'database', name: 'IMMUTA' } as const;
    const role = { kind: 'role', name: 'IMMUTA_SYSTEM' } as const;
    keeper.noteCreation({ index: 0, object, sentAt: '2026-01-01T00:00:00Z', plain: true, made: false });
    keeper.noteCreation({ index: 1, object: role, sentAt: '2026-01-01T00:00:01Z', plain: false, made: false });

    keeper.acknowledge(0, 'ran');
    keeper.acknowledge(1, 'ran');

    expect(keeper.journal.creations.map(({ made }) => made)).toEqual([true, false]);
  });
});

describe('reading a journal back', () => {
  it.each([undefined, null, 'x', {}, { acknowledgedThrough: 1 }, { undecodable: 'no key' }])('takes %j for no journal', (details) => {
    expect(readJournal(details)).toBeUndefined();
  });

  it('counts what is unknown', () => {
    expect(unknownCount({ ...emptyJournal, acknowledgedThrough: 2, mayHaveSentThrough: 5 })).toBe(3);
  });

  it('keeps on record what is sent again because nobody can tell whether it was applied', () => {
    const role = { kind: 'role', name: 'IMMUTA_SYSTEM' } as const;
    const creation = { index: 2, object: role, sentAt: '2026-01-01T00:00:00Z', plain: false, made: false };
    const { keeper } = given({ from: { ...emptyJournal, acknowledgedThrough: 0, mayHaveSentThrough: 2, creations: [creation] } });

    keeper.repeats(2);
    keeper.settled(); // statement 1 is refused now: of 2 still nobody knows

    expect(keeper.journal).toMatchObject({ mayHaveSentThrough: 2, creations: [creation] });
    keeper.noteCreation({ ...creation, sentAt: '2026-01-01T00:01:00Z' });
    expect(keeper.journal.creations).toMatchObject([{ sentAt: '2026-01-01T00:01:00Z', perhapsSince: '2026-01-01T00:00:00Z' }]);
  });
});

describe('the word of a person that a statement did not run', () => {
  it('says nothing of those before it', () => {
    const journal = { ...emptyJournal, acknowledgedThrough: 3, mayHaveSentThrough: 9 };

    expect(notRun(journal, 6).mayHaveSentThrough).toBe(5);
    expect(notRun(journal, 4).mayHaveSentThrough).toBe(3);
  });
});
