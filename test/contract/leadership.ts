import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SeenTermLostError, type SeenStore, type SeenStoreOptions, type Term } from '../../src/store/index.ts';
import { containers, OwnerProcess } from '../support/owner-process.ts';
import { linux } from '../support/requirement.ts';
import { settableClock } from '../support/settable-clock.ts';
import { DAY_MS, HOUR_MS, NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { openOne, openPair, openUntilFinished } from './stores.ts';

const LEASE_MS = 15_000;

/** Elections among stores that share a database, for every backend to keep. */
export function describeLeadership(backend: ContractBackend): void {
  describe(`leadership, on ${backend.name}`, () => {
    describeElections(backend);
    describeLateLeaders(backend);
    describeDeadLeaders(backend);
    describeLeadershipOverClocks(backend);
    describeAnyInterleaving(backend);
  });
}

function describeElections(backend: ContractBackend): void {
  describe('an election', () => {
    test('the first who campaigns leads, everybody knows it, and the others are told no', async () => {
      const { one, other } = await openPair(backend);
      expect(await other.leadership.current('news')).toBeNull();
      const term = await elected(one);
      expect(term).toMatchObject({ name: 'news', electedAt: new Date(NOON), leaseMs: LEASE_MS });
      expect(term.number).toBeGreaterThanOrEqual(NOON);
      expect(await other.leadership.campaign('news')).toBeNull();
      const { leaseMs: _, ...shown } = term;
      expect(await other.leadership.current('news')).toEqual({ ...shown, leaseUntil: new Date(NOON + LEASE_MS) });
    });

    test('one of many who campaign at the same moment leads', async () => {
      const { one, other, reopen } = await openPair(backend);
      const stores = [one, other, await reopen()];
      const campaigns = [...stores, ...stores, ...stores].map(({ leadership }) => leadership.campaign('news'));
      const terms = await Promise.all(campaigns);
      const leaders = new Set(terms.flatMap((term) => (term === null ? [] : [term.leader])));
      expect(leaders.size).toBe(1);
    });

    test('different names are led independently, and compared to the letter', async () => {
      const { one, other } = await openPair(backend);
      const news = await elected(one, 'news');
      const capital = await elected(other, 'News');
      const quoted = await elected(other, "o'reilly 😀");
      expect(await one.leadership.campaign('News')).toBeNull();
      const all = await one.leadership.all();
      expect(all.map(({ name, leader }) => [name, leader])).toEqual([
        ['News', capital.leader],
        ['news', news.leader],
        ["o'reilly 😀", quoted.leader],
      ]);
      await other.leadership.resign(quoted);
      expect(await one.leadership.all()).toHaveLength(2);
    });

    test('a campaign of the leader is a renewal of its term, so that it may be repeated', async () => {
      const { one, other, clock } = await openPair(backend);
      const term = await elected(one);
      clock.advance(LEASE_MS - 1);
      expect(await one.leadership.campaign('news')).toEqual(term);
      clock.advance(LEASE_MS - 1);
      expect(await other.leadership.campaign('news')).toBeNull();
    });

    test('a leader that has resigned is followed at once, in a later term', async () => {
      const { one, other } = await openPair(backend);
      const term = await elected(one);
      await one.leadership.resign(term);
      expect(await other.leadership.current('news')).toBeNull();
      const next = await elected(other);
      expect(next.number).toBeGreaterThan(term.number);
      expect(next.leader).not.toBe(term.leader);
    });

    test('a resignation that is repeated, or comes late, ends no later term', async () => {
      const { one, other } = await openPair(backend);
      const first = await elected(one);
      await one.leadership.resign(first);
      await one.leadership.resign(first);
      const second = await elected(one);
      expect(second.number).toBeGreaterThan(first.number);
      await one.leadership.resign(first);
      expect(await other.leadership.campaign('news')).toBeNull();
    });

    test('a term is kept over a restart of others, and its number over a resignation', async () => {
      const { one, reopen } = await openOne(backend);
      const term = await elected(one);
      await one.leadership.resign(term);
      await one.close();
      expect((await elected(await reopen())).number).toBeGreaterThan(term.number);
    });

    test('what is no name, no lease or no term is refused by name', async () => {
      const { leadership } = (await openOne(backend)).one;
      const calls: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
        [() => leadership.campaign(''), /^name is empty/],
        [() => leadership.current(7 as never), /^name must be a string/],
        [() => leadership.campaign('a', { leaseMs: 0 }), /^leaseMs must be/],
        [() => leadership.campaign('a', null as never), /^options must be/],
        [() => leadership.renew(null as never), /^term must be an object/],
        [() => leadership.resign({ name: 'a' } as Term), /term\.number/],
      ];
      for (const [call, message] of calls)
        await expect(call()).rejects.toMatchObject({ code: 'SEEN_INPUT', message: expect.stringMatching(message) });
      expect(await leadership.all()).toEqual([]);
    });

    test('a closed store takes part in no election', async () => {
      const { one } = await openOne(backend);
      const term = await elected(one);
      await one.close();
      const { leadership } = one;
      for (const call of [
        () => leadership.campaign('news'),
        () => leadership.renew(term),
        () => leadership.resign(term),
        () => leadership.current('news'),
        () => leadership.all(),
      ])
        await expect(call()).rejects.toMatchObject({ code: 'SEEN_STORE_CLOSED' });
    });
  });
}

function describeLateLeaders(backend: ContractBackend): void {
  describe('a leader that does not renew in time', () => {
    test('leads to the end of its lease, and is followed then', async () => {
      const { one, other, clock } = await openPair(backend);
      await elected(one);
      clock.advance(LEASE_MS - 1);
      expect(await other.leadership.campaign('news')).toBeNull();
      clock.advance(1);
      expect(await other.leadership.current('news')).toBeNull();
      await elected(other);
    });

    test('a renewal begins the lease anew', async () => {
      const { one, other, clock } = await openPair(backend);
      const term = await elected(one);
      clock.advance(LEASE_MS - 1);
      await one.leadership.renew(term);
      await one.leadership.renew(term);
      clock.advance(LEASE_MS - 1);
      expect(await other.leadership.campaign('news')).toBeNull();
      clock.advance(1);
      await elected(other);
    });

    test('a late renewal is refused with the evidence, and brings nothing back', async () => {
      const { one, other, clock } = await openPair(backend);
      const late = await elected(one);
      clock.advance(LEASE_MS);
      const present = await elected(other);
      const refusal: unknown = await one.leadership.renew(late).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(SeenTermLostError);
      expect(refusal).toMatchObject({
        lost: { name: 'news', number: late.number, currentNumber: present.number, currentLeader: present.leader },
      });
      await other.leadership.resign(present);
      await expect(one.leadership.renew(late)).rejects.toThrow(/has resigned/);
      expect(await other.leadership.current('news')).toBeNull();
    });

    test('a late resignation does not end the term of another', async () => {
      const { one, other, clock } = await openPair(backend);
      const late = await elected(one);
      clock.advance(LEASE_MS);
      await elected(other);
      await one.leadership.resign(late);
      expect(await one.leadership.campaign('news')).toBeNull();
    });

    test('a late renewal is let through while nobody else was elected', async () => {
      const { one, other, clock } = await openPair(backend);
      const term = await elected(one);
      clock.advance(LEASE_MS);
      await one.leadership.renew(term);
      expect(await other.leadership.campaign('news')).toBeNull();
    });

    test('a campaign after its lease has run out goes on with its term while nobody else was elected', async () => {
      const { one, other, clock } = await openPair(backend);
      const term = await elected(one);
      clock.advance(LEASE_MS);
      expect(await elected(one)).toEqual(term);
      clock.advance(LEASE_MS);
      await elected(other);
      clock.advance(LEASE_MS);
      expect((await elected(one)).number).toBeGreaterThan(term.number + 1);
      await expect(one.leadership.renew(term)).rejects.toThrow(SeenTermLostError);
    });

    test('a term of which the database knows nothing is over', async () => {
      const { one } = await openOne(backend);
      const term = { name: 'news', leader: 'x', number: 1, electedAt: new Date(NOON), leaseMs: LEASE_MS };
      await expect(one.leadership.renew(term)).rejects.toThrow(/the database knows of none/);
    });

    test('nobody can renew or end a term that another store was given', async () => {
      const { one, other } = await openPair(backend);
      const term = await elected(one);
      await expect(other.leadership.renew(term)).rejects.toThrow(SeenTermLostError);
      await other.leadership.resign(term);
      expect(await other.leadership.campaign('news')).toBeNull();
    });
  });
}

function describeDeadLeaders(backend: ContractBackend): void {
  describe('a leader of another process', () => {
    test.skipIf(linux.missing)(`is followed at once when it was killed on this machine${linux.note}`, async () => {
      const options = await backend.newDatabase();
      const leader = await OwnerProcess.start(options);
      await leader.lead('news');
      const store = await openUntilFinished(backend, options);
      expect(await store.leadership.campaign('news')).toBeNull();
      await leader.kill();
      expect(await store.leadership.current('news')).toBeNull();
      await elected(store);
    });

    test.skipIf(linux.missing)(`is followed at once when it ended without a resignation${linux.note}`, async () => {
      const options = await backend.newDatabase();
      const leader = await OwnerProcess.start(options);
      await leader.lead('news');
      await leader.close();
      const store = await openUntilFinished(backend, options);
      expect(await store.leadership.campaign('news')).not.toBeNull();
    });

    test.skipIf(containers.missing)(
      `leads to the end of its lease in another container${containers.note}`,
      async () => {
        const options = await backend.newDatabase();
        const leader = await OwnerProcess.start(options, { contained: true });
        await leader.lead('news');
        await leader.kill();
        const campaign = async (at: SeenStoreOptions): Promise<Term | null> =>
          (await openUntilFinished(backend, { ...options, ...at })).leadership.campaign('news');
        expect(await campaign({})).toBeNull();
        expect(await campaign({ clock: settableClock(Date.now() + 2 * HOUR_MS) })).not.toBeNull();
      },
    );
  });
}

function describeLeadershipOverClocks(backend: ContractBackend): void {
  describe('a clock that is set', () => {
    test('a lease that was made while the clock was ahead is none once it is right', async () => {
      const { one, other, clock } = await openPair(backend);
      clock.advance(DAY_MS);
      const late = await elected(one);
      clock.advance(-DAY_MS);
      const next = await elected(other);
      expect(next.number).toBeGreaterThan(late.number);
      await expect(one.leadership.renew(late)).rejects.toThrow(SeenTermLostError);
    });

    test('a step of two seconds back, as time synchronisation makes them, ends no term', async () => {
      const { one, other, clock } = await openPair(backend);
      await elected(one);
      clock.advance(-2_000);
      expect(await other.leadership.campaign('news')).toBeNull();
    });

    test('a renewal by the right clock makes it a lease again', async () => {
      const { one, other, clock } = await openPair(backend);
      clock.advance(DAY_MS);
      const term = await elected(one);
      clock.advance(-DAY_MS);
      await one.leadership.renew(term);
      expect(await other.leadership.campaign('news')).toBeNull();
    });
  });
}

type Step = readonly [store: 0 | 1, act: 'campaign' | 'renew' | 'resign' | 'repeat', afterMs: number];

const steps = fc.array(
  fc.tuple(
    fc.constantFrom<0 | 1>(0, 1),
    fc.constantFrom<Step[1]>('campaign', 'renew', 'resign', 'repeat'),
    fc.constantFrom(0, 1, LEASE_MS / 3, LEASE_MS - 1, LEASE_MS),
  ),
  { minLength: 4, maxLength: 30 },
);

/** A leader as it sees itself: it trusts a term until the start of its latest successful call and a lease. */
interface Candidate {
  readonly store: SeenStore;
  term: Term | null;
  trustsUntil: number;
  repeat: () => Promise<unknown>;
}

function describeAnyInterleaving(backend: ContractBackend): void {
  test(
    'whatever two stores do, at no moment do both trust a term, and numbers only grow',
    { timeout: 60_000 },
    async () => {
      const { one, other, clock } = await openPair(backend);
      let round = 0;
      await fc.assert(
        fc.asyncProperty(steps, async (sequence) => {
          const name = `round ${(round += 1)}`;
          const candidates = [one, other].map((store): Candidate => ({
            store,
            term: null,
            trustsUntil: 0,
            repeat: async () => undefined,
          }));
          let highest = 0;
          for (const [who, act, afterMs] of sequence) {
            clock.advance(afterMs);
            const candidate = candidates[who];
            if (candidate === undefined) throw new Error('nobody');
            await take(candidate, act, name, clock.now());
            const trusting = candidates.filter(({ trustsUntil }) => trustsUntil > clock.now());
            expect(trusting.length).toBeLessThan(2);
            for (const { term } of trusting) {
              expect(term?.number).toBeGreaterThanOrEqual(highest);
              highest = term?.number ?? highest;
            }
          }
        }),
        { seed: 20_261_126, numRuns: 12 },
      );
    },
  );
}

async function take(candidate: Candidate, act: Step[1], name: string, startedAt: number): Promise<void> {
  const { leadership } = candidate.store;
  const { term } = candidate;
  const trust = (given: Term | null): void => {
    candidate.term = given;
    candidate.trustsUntil = given === null ? 0 : startedAt + LEASE_MS;
  };
  if (act === 'campaign') {
    candidate.repeat = () => leadership.campaign(name, { leaseMs: LEASE_MS }).then(trust);
  } else if (act === 'renew' && term !== null) {
    candidate.repeat = () => leadership.renew(term);
    await leadership.renew(term).then(
      () => trust(term),
      () => trust(null),
    );
    return;
  } else if (act === 'resign' && term !== null) {
    trust(null);
    candidate.repeat = () => leadership.resign(term);
  } else if (act !== 'repeat') return;
  await candidate.repeat().catch((error: unknown) => {
    if (!(error instanceof SeenTermLostError)) throw error;
  });
}

async function elected(store: SeenStore, name = 'news'): Promise<Term> {
  const term = await store.leadership.campaign(name, { leaseMs: LEASE_MS });
  if (term === null) throw new Error('another one leads');
  return term;
}
