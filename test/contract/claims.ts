import { describe, expect, test } from 'vitest';

import { SeenClaimLostError, SeenInputError, SeenStoreClosedError, type Claim } from '../../src/store/index.ts';
import type { ClaimOptions, SeenStore } from '../../src/store/index.ts';
import { NOON } from '../support/settable-clock.ts';
import type { Backend } from './backend.ts';
import { claimOne, idsOf, lostBy, openPair, openUntilFinished } from './stores.ts';

/** Every way to end or keep a claim. A claim that is lost is refused by each. */
const endings: readonly (readonly [string, (store: SeenStore, claims: readonly Claim[]) => Promise<void>])[] = [
  ['renew', (store, claims) => store.renew(claims)],
  ['commit', (store, claims) => store.commit(claims)],
  ['release', (store, claims) => store.release(claims)],
  ['release with an error', (store, claims) => store.release(claims, { error: 'late', retryAt: new Date(0) })],
  ['fail', (store, claims) => store.fail(claims, 'late')],
];

/** The claim lifecycle, for every backend to keep. */
export function describeClaims(backend: Backend): void {
  describe(`claims, on ${backend.name}`, () => {
    describe('granting', () => {
      test('gives each item once, in the order of the requests, with growing tokens', async () => {
        const { one } = await openPair(backend);
        const claims = await one.claim(['c', { id: 'a', payload: { n: 1 } }, 'b', 'c'], { feed: 'filings' });
        expect(claims).toMatchObject([
          { id: 'c', feed: 'filings', attempt: 1, payload: undefined, enrichment: undefined, posts: [] },
          { id: 'a', payload: { n: 1 } },
          { id: 'b' },
        ]);
        const later = await claimOne(one, 'd');
        expect(later.token).toBeGreaterThan(Math.max(...claims.map(({ token }) => token)));
      });

      test('leaves out what is seen, what is leased to anybody, and what failed', async () => {
        const { one, other } = await openPair(backend);
        await one.markSeen('seen');
        await claimOne(one, 'own');
        await claimOne(other, 'foreign');
        await other.fail([await claimOne(other, 'dead letter')], 'too often');
        expect(idsOf(await one.claim(['seen', 'own', 'foreign', 'dead letter', 'free']))).toEqual(['free']);
      });

      test('nothing is asked, nothing is given', async () => {
        const { one } = await openPair(backend);
        expect(await one.claim([])).toEqual([]);
        expect(await one.claimWaiting()).toEqual([]);
      });

      test('ids are kept to the letter', async () => {
        const { one, other } = await openPair(backend);
        const odd = ["it's", '"quoted"', 'a\nb', '😀', '1e3', '007', '[1]', 'null', ' a ', '{"id":"x"}', '\u2028'];
        expect(idsOf(await one.claim(odd))).toEqual(odd);
        expect(idsOf(await other.claim([...odd, '7', 'x']))).toEqual(['7', 'x']);
      });

      test('an item keeps the feed that claimed it first', async () => {
        const { one } = await openPair(backend);
        const [first] = await one.claim(['a'], { feed: 'filings' });
        await one.release([first as Claim]);
        expect(await one.claim(['a'], { feed: 'other' })).toMatchObject([{ feed: 'filings' }]);
      });

      test('a closed store grants nothing and says so', async () => {
        const store = await openUntilFinished(backend);
        await store.close();
        await expect(store.claim(['a'])).rejects.toThrow(SeenStoreClosedError);
        await expect(store.claim([])).rejects.toThrow(SeenStoreClosedError);
        await expect(store.claimWaiting()).rejects.toThrow(SeenStoreClosedError);
        await expect(store.commit([])).rejects.toThrow(SeenStoreClosedError);
      });
    });

    describe('input that cannot work claims nothing', () => {
      const loop: Record<string, unknown> = {};
      loop['self'] = loop;
      const payloads = [1n, loop, { deep: [2n] }, () => 1, Symbol('s')];

      test.each(payloads.map((payload) => [typeof payload, payload]))('a payload of type %s', async (_, payload) => {
        const { one } = await openPair(backend);
        await expect(one.claim(['good', { id: 'bad', payload }])).rejects.toThrow(SeenInputError);
        expect(await one.ledger.find('good')).toBeNull();
      });

      test.each([[''], ['a\0'], ['\ud800'], [7 as unknown as string]])('the id %j', async (id) => {
        const { one } = await openPair(backend);
        await expect(one.claim(['good', { id }])).rejects.toThrow(SeenInputError);
        expect(await one.ledger.find('good')).toBeNull();
      });

      test.each([[0], [-1], [Number.NaN], [Number.POSITIVE_INFINITY]])('a lease of %d ms', async (leaseMs) => {
        const { one } = await openPair(backend);
        await expect(one.claim(['a'], { leaseMs })).rejects.toThrow(SeenInputError);
        const claim = await claimOne(one, 'a');
        await expect(one.renew([claim], { leaseMs })).rejects.toThrow(SeenInputError);
        await expect(one.claimWaiting({ leaseMs })).rejects.toThrow(SeenInputError);
      });

      test('a limit below 1, a retry at no date', async () => {
        const { one } = await openPair(backend);
        for (const limit of [0, -1, 1.5, Number.NaN]) {
          await expect(one.claimWaiting({ limit })).rejects.toThrow(SeenInputError);
        }
        const claim = await claimOne(one, 'a');
        const retryAt = new Date(Number.NaN);
        await expect(one.release([claim], { retryAt })).rejects.toThrow(SeenInputError);
        await one.commit([claim]);
      });
    });

    describe('payloads', () => {
      const deep = JSON.parse(`${'['.repeat(1_500)}${']'.repeat(1_500)}`) as unknown;
      const payloads = [null, false, 0, '', 'a\0b', '\ud800', '😀', 0.1, 1e300, { a: [{ b: null }] }, [], deep];

      test('come back as they were given', async () => {
        const { one, other } = await openPair(backend);
        const requests = payloads.map((payload, n) => ({ id: `item-${n}`, payload }));
        const claims = await one.claim(requests);
        expect(claims.map(({ payload }) => payload)).toEqual(payloads);
        await one.release(claims);
        expect((await other.claim(idsOf(claims))).map(({ payload }) => payload)).toEqual(payloads);
      });

      test('a later request without one keeps it, one with another replaces it', async () => {
        const { one } = await openPair(backend);
        const claim = await claimOne(one, 'a', 'first');
        await one.release([claim]);
        const again = await claimOne(one, 'a');
        expect(again.payload).toBe('first');
        await one.release([again]);
        expect((await claimOne(one, 'a', 'second')).payload).toBe('second');
      });

      test('an id that is named twice keeps the payload of either', async () => {
        const { one } = await openPair(backend);
        const requests = [{ id: 'a', payload: 1 }, 'a', 'b', { id: 'b', payload: 2 }];
        expect((await one.claim(requests)).map(({ payload }) => payload)).toEqual([1, 2]);
      });
    });

    describe('leases', () => {
      test('nobody gets the item before its lease has run out, and then the first who asks', async () => {
        const { one, other, clock } = await openPair(backend);
        const [first] = await one.claim(['a'], { leaseMs: 1_000 });
        clock.advance(999);
        expect(await other.claim(['a'])).toEqual([]);
        expect(await other.claimWaiting()).toEqual([]);
        clock.advance(1);
        const second = await claimOne(other, 'a');
        expect(second.token).toBeGreaterThan(first?.token ?? Infinity);
        expect(await one.claim(['a'])).toEqual([]);
      });

      test('a lease lasts a minute where nothing else is said, in whole milliseconds', async () => {
        const { one } = await openPair(backend);
        await claimOne(one, 'a');
        await one.claim(['b'], { leaseMs: 0.5 });
        expect((await one.ledger.find('a'))?.leaseUntil).toEqual(new Date(NOON + 60_000));
        expect((await one.ledger.find('b'))?.leaseUntil).toEqual(new Date(NOON + 1));
      });

      test('renewing counts from now, and keeps everybody else away', async () => {
        const { one, other, clock } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        clock.advance(50_000);
        await one.renew([claim], { leaseMs: 30_000 });
        clock.advance(29_999);
        expect(await other.claim(['a'])).toEqual([]);
        clock.advance(1);
        expect(idsOf(await other.claim(['a']))).toEqual(['a']);
      });

      test.each(endings)('a lease that ran out, but that nobody took, still allows to %s', async (_, end) => {
        const { one, clock } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        clock.advance(3_600_000);
        await expect(end(one, [claim])).resolves.toBeUndefined();
      });

      test.each(endings)('once taken over, the late owner is refused to %s, with the evidence', async (_, end) => {
        const { one, other, clock } = await openPair(backend);
        const late = await claimOne(one, 'a');
        clock.advance(60_000);
        const present = await claimOne(other, 'a');
        const before = await other.ledger.find('a');
        expect(await lostBy(end(one, [late]))).toEqual([
          {
            id: 'a',
            token: late.token,
            currentToken: present.token,
            currentOwner: before?.owner,
            state: 'claimed',
          },
        ]);
        expect(await other.ledger.find('a')).toEqual(before);
        expect(await other.isSeen('a')).toBe(false);
      });

      test('the refusal says in words who holds the item', async () => {
        const { one, other, clock } = await openPair(backend);
        const late = await claimOne(one, 'a');
        clock.advance(60_000);
        const present = await claimOne(other, 'a');
        const error = await one.commit([late]).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(SeenClaimLostError);
        expect(error).toMatchObject({ code: 'SEEN_CLAIM_LOST', operation: 'commit' });
        expect((error as Error).message).toContain(`token ${late.token}`);
        expect((error as Error).message).toContain(`${present.token}, held by ${(await one.ledger.find('a'))?.owner}`);
      });

      test.each(endings)('an item that is not known at all is refused to %s', async (_, end) => {
        const { one } = await openPair(backend);
        const claim = { ...(await claimOne(one, 'a')), id: 'unknown' };
        expect(await lostBy(end(one, [claim]))).toMatchObject([
          { currentToken: null, currentOwner: null, state: null },
        ]);
        expect(await one.isSeen('unknown')).toBe(false);
      });

      test.each(endings)('a batch half of which is lost keeps the other half: %s', async (_, end) => {
        const { one, other, clock } = await openPair(backend);
        const [a, b, c] = await one.claim(['a', 'b', 'c']);
        clock.advance(60_000);
        await claimOne(other, 'b');
        expect((await lostBy(end(one, [a, b, c] as Claim[])))?.map(({ id }) => id)).toEqual(['b']);
        const ended = await Promise.all(['a', 'b', 'c'].map((id) => other.ledger.find(id)));
        expect(ended[0]).toEqual({ ...ended[2], id: 'a' });
        expect(ended[0]?.leaseUntil).not.toEqual(new Date(NOON + 60_000));
        expect(ended[1]).toMatchObject({ state: 'claimed', leaseUntil: new Date(NOON + 120_000) });
      });
    });

    describe('commit', () => {
      test('marks as seen and clears what has done its duty', async () => {
        const { one, other } = await openPair(backend);
        const claim = await claimOne(one, 'a', { form: '8-K' });
        await one.ledger.saveEnrichment(claim, 'a summary');
        await one.ledger.savePost(claim, 'channel', 'message');
        await one.commit([claim]);
        expect(await other.filterUnseen(['a', 'b'])).toEqual(['b']);
        expect(await other.ledger.find('a')).toMatchObject({
          state: 'posted',
          owner: null,
          leaseUntil: null,
          payload: undefined,
          posts: [{ state: 'posted', messageId: 'message' }],
        });
        expect(await other.claim(['a'])).toEqual([]);
      });

      test('again, in a row, in one batch, or at the same time, does nothing', async () => {
        const { one, reopen } = await openPair(backend);
        const claims = await one.claim(['a', 'b']);
        await one.commit([...claims, ...claims]);
        await Promise.all([one.commit(claims), one.commit(claims)]);
        await (await reopen()).commit(claims);
        expect(await one.filterUnseen(['a', 'b'])).toEqual([]);
      });

      test.each(endings.filter(([name]) => name !== 'commit'))('leaves nothing to %s', async (_, end) => {
        const { one } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        await one.commit([claim]);
        const { token } = claim;
        expect(await lostBy(end(one, [claim]))).toMatchObject([
          { token, currentToken: token, currentOwner: null, state: 'posted' },
        ]);
        expect(await one.isSeen('a')).toBe(true);
      });

      test('an item that a purge forgot begins anew, and the commit of the last time is late', async () => {
        const { one, clock } = await openPair(backend);
        const first = await claimOne(one, 'a', 'payload');
        await one.ledger.savePost(first, 'channel', 'message');
        await one.commit([first]);
        clock.advance(1_000);
        await one.purge({ olderThan: new Date(clock.now()) });
        const again = await claimOne(one, 'a');
        expect(again).toMatchObject({ attempt: 1, payload: undefined, enrichment: undefined, posts: [] });
        expect(await lostBy(one.commit([first]))).toMatchObject([{ currentToken: again.token, state: 'claimed' }]);
        expect(await one.isSeen('a')).toBe(false);
      });

      test('an item whose id expired although the feed still lists it stays posted', async () => {
        const { one, clock } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        await one.ledger.savePost(claim, 'channel', 'message');
        await one.commit([claim]);
        clock.advance(8 * 86_400_000);
        expect(await one.purgeExpired()).toBe(1);
        expect(await one.filterUnseen(['a'])).toEqual(['a']);
        expect(await one.claim(['a'])).toEqual([]);
        expect(await one.isSeen('a')).toBe(true);
        expect((await one.ledger.find('a'))?.posts).toHaveLength(1);
      });

      test('also when it is claimed beside a new one', async () => {
        const { one, clock } = await openPair(backend);
        await one.commit([await claimOne(one, 'posted')]);
        clock.advance(8 * 86_400_000);
        await one.purgeExpired();
        expect(idsOf(await one.claim(['new', 'posted']))).toEqual(['new']);
        expect(await one.filterUnseen(['new', 'posted'])).toEqual(['new']);
      });

      test('a claim of what is still seen leaves its posts alone', async () => {
        const { one } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        await one.ledger.savePost(claim, 'channel', 'message');
        await one.commit([claim]);
        await one.claim(['a', 'b']);
        expect((await one.ledger.find('a'))?.posts).toHaveLength(1);
      });
    });

    describe('release', () => {
      test('gives the item back at once, to anybody', async () => {
        const { one, other } = await openPair(backend);
        await one.release(await one.claim(['a']));
        expect(await one.ledger.find('a')).toMatchObject({ owner: null, leaseUntil: null, retryAt: null });
        expect(idsOf(await other.claim(['a']))).toEqual(['a']);
      });

      test('with an error the attempt counts, without one it does not', async () => {
        const { one } = await openPair(backend);
        const attempts: number[] = [];
        for (const options of [{}, { error: 'one' }, {}, {}, { error: 'two' }, {}]) {
          const claim = await claimOne(one, 'a');
          attempts.push(claim.attempt);
          await one.release([claim], options);
        }
        expect(attempts).toEqual([1, 1, 2, 2, 2, 3]);
        expect(await one.ledger.find('a')).toMatchObject({ attempts: 2, lastError: 'two' });
      });

      test.each([
        ['claim', (store: SeenStore) => store.claim(['a'])],
        ['claimWaiting', (store: SeenStore) => store.claimWaiting()],
      ])('%s waits for retryAt, also after a restart', async (_, claim) => {
        const { one, other, clock, reopen } = await openPair(backend);
        const retryAt = new Date(NOON + 7_200_000);
        await one.release(await one.claim(['a']), { error: 'later', retryAt });
        await one.close();
        await other.close();
        const store = await reopen();
        clock.set(retryAt.getTime() - 1);
        expect(await claim(store)).toEqual([]);
        expect(await store.ledger.find('a')).toMatchObject({ retryAt, lastError: 'later' });
        clock.set(retryAt.getTime());
        expect(await claim(store)).toMatchObject([{ id: 'a', attempt: 2 }]);
        expect((await store.ledger.find('a'))?.retryAt).toBeNull();
      });

      test.each(endings)('leaves nothing to %s', async (_, end) => {
        const { one } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        await one.release([claim], { error: 'first', retryAt: new Date(NOON + 1) });
        const before = await one.ledger.find('a');
        expect(await lostBy(end(one, [claim]))).toMatchObject([{ currentToken: claim.token, currentOwner: null }]);
        expect(await one.ledger.find('a')).toEqual(before);
        expect(await one.isSeen('a')).toBe(false);
      });

      test('twice in one batch is once', async () => {
        const { one } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        await one.release([claim, claim]);
        expect(await one.ledger.find('a')).toMatchObject({ attempts: 0 });
      });
    });

    describe('fail', () => {
      test('nobody gets the item, however long it takes, until somebody asks for a retry', async () => {
        const { one, other, clock } = await openPair(backend);
        await one.fail([await claimOne(one, 'a', 'payload')], 'channel gone');
        clock.advance(20 * 86_400_000);
        expect(await other.claim(['a'])).toEqual([]);
        expect(await other.claimWaiting()).toEqual([]);
        expect(await other.isSeen('a')).toBe(false);
        expect(await other.ledger.retry(['a'])).toBe(1);
        expect(await other.claim(['a'])).toMatchObject([{ id: 'a', attempt: 1, payload: 'payload' }]);
      });

      test.each(endings)('leaves nothing to %s', async (_, end) => {
        const { one } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        await one.fail([claim], 'given up');
        expect(await lostBy(end(one, [claim]))).toMatchObject([{ currentOwner: null, state: 'failed' }]);
        expect(await one.ledger.find('a')).toMatchObject({ state: 'failed', lastError: 'given up' });
      });
    });

    describe('claimWaiting', () => {
      test('gives an item that the feed no longer lists, with all that is known of it', async () => {
        const { one, other, clock } = await openPair(backend);
        const claim = await claimOne(one, 'a', { form: '8-K' });
        await one.ledger.saveEnrichment(claim, { summary: 'paid for' });
        await one.ledger.saveIntent(claim, 'lost');
        await one.ledger.saveIntent(claim, 'posted');
        await one.ledger.savePost(claim, 'posted', 'message');
        await one.release([claim], { error: '500', retryAt: new Date(NOON + 1_000) });
        clock.advance(1_000);
        expect(await other.claimWaiting()).toEqual([
          {
            id: 'a',
            token: expect.any(Number) as number,
            feed: 'default',
            attempt: 2,
            payload: { form: '8-K' },
            enrichment: { summary: 'paid for' },
            posts: [
              { channelId: 'lost', state: 'open', intentAt: new Date(NOON), messageId: null, error: null },
              { channelId: 'posted', state: 'posted', intentAt: new Date(NOON), messageId: 'message', error: null },
            ],
          },
        ]);
      });

      test('gives what is due and free, of its own feed, oldest first, up to the limit', async () => {
        const { one, other, clock } = await openPair(backend);
        const claimFor = (id: string, options: ClaimOptions): Promise<Claim[]> => one.claim([id], options);
        const filings = { feed: 'filings', leaseMs: 1 };
        await claimFor('z ran out', filings);
        clock.advance(1);
        await claimFor('y ran out too', filings);
        await claimFor('of another feed', { ...filings, feed: 'other' });
        await claimFor('leased', { ...filings, leaseMs: 1_000 });
        await one.release(await claimFor('not due', filings), { retryAt: new Date(NOON + 9_999) });
        await claimFor('seen meanwhile', filings);
        await one.markSeen('seen meanwhile');
        await one.fail(await claimFor('dead letter', filings), 'no');
        await one.commit(await claimFor('posted', filings));
        clock.advance(1);
        await one.release(await claimFor('x released', filings));
        const next = (): Promise<Claim[]> => other.claimWaiting({ feed: 'filings', limit: 2 });
        expect(idsOf(await next())).toEqual(['z ran out', 'y ran out too']);
        expect(idsOf(await next())).toEqual(['x released']);
        expect(idsOf(await next())).toEqual([]);
      });

      test('two at the same time share no item', async () => {
        const { one, other } = await openPair(backend);
        const ids = Array.from({ length: 60 }, (_, n) => `item-${n}`);
        await one.release(await one.claim(ids));
        const rounds = [one, other, one, other].map((store) => store.claimWaiting({ limit: 20 }));
        const granted = (await Promise.all(rounds)).flatMap(idsOf);
        expect(granted.toSorted()).toEqual(ids.toSorted());
      });
    });

    describe('faults of other feed bots', () => {
      test('the release of one who is no longer the owner frees nothing', async () => {
        const { one, other, clock } = await openPair(backend);
        const late = await claimOne(one, 'a');
        clock.advance(60_000);
        await claimOne(other, 'a');
        await expect(one.release([late])).rejects.toThrow(SeenClaimLostError);
        expect(await one.claim(['a'])).toEqual([]);
      });

      test.each([-1, 1])('a token that nobody was given frees nothing (%d)', async (step) => {
        const { one, other } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        const forged = { ...claim, token: claim.token + step };
        await expect(other.release([forged])).rejects.toThrow(SeenClaimLostError);
        expect(await other.claim(['a'])).toEqual([]);
      });

      test('a late commit does not mark as seen what the present owner has not yet posted', async () => {
        const { one, other, clock } = await openPair(backend);
        const late = await claimOne(one, 'a');
        clock.advance(60_000);
        const present = await claimOne(other, 'a');
        await expect(one.commit([late])).rejects.toThrow(SeenClaimLostError);
        expect(await one.isSeen('a')).toBe(false);
        await other.release([present], { error: '500' });
        expect(idsOf(await one.claimWaiting())).toEqual(['a']);
      });

      test('a live lease is not stolen by who comes later, restarts, or asks often', async () => {
        const { one, other, clock, reopen } = await openPair(backend);
        await claimOne(one, 'a');
        for (const store of [other, await reopen(), await reopen(), one]) {
          expect(await store.claim(['a'])).toEqual([]);
          expect(await store.claimWaiting()).toEqual([]);
        }
        clock.advance(59_999);
        expect(await (await reopen()).claimWaiting()).toEqual([]);
      });

      test('a crash leaves no claim for ever', async () => {
        const { one, clock, reopen } = await openPair(backend);
        await claimOne(one, 'a', 'payload');
        await one.close();
        clock.advance(60_000);
        expect(await (await reopen()).claimWaiting()).toMatchObject([{ id: 'a', payload: 'payload', attempt: 1 }]);
      });

      test('an attempt that ended with its process counts once it had begun, and not for the items beside it', async () => {
        const { one, clock, reopen } = await openPair(backend);
        const [begun] = await one.claim(['begun', 'beside']);
        if (begun === undefined) throw new Error('nothing was granted');
        await one.ledger.begin(begun);
        await one.close();
        clock.advance(60_000);
        const next = await (await reopen()).claim(['begun', 'beside']);
        expect(next.map(({ id, attempt }) => [id, attempt])).toEqual([
          ['begun', 2],
          ['beside', 1],
        ]);
      });

      test('a job that failed does not block its own retry', async () => {
        const { one } = await openPair(backend);
        for (let attempt = 1; attempt <= 20; attempt += 1) {
          const claim = await claimOne(one, 'a');
          expect(claim.attempt).toBe(attempt);
          await one.release([claim], { error: `attempt ${attempt}` });
        }
        expect(await one.filterUnseen(['a'])).toEqual(['a']);
      });
    });
  });
}
