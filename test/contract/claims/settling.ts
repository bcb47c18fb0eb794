import { describe, expect, test } from 'vitest';

import { SeenInputError, type Claim, type SeenStore } from '../../../src/store/index.ts';
import { NOON } from '../../support/times.ts';
import type { ContractBackend } from '../backend.ts';
import { claimOne, idsOf, lostBy, openOne, openPair } from '../stores.ts';
import { endings } from './endings.ts';

/** The end of a claim, for every backend to keep. */
export function describeSettling(backend: ContractBackend): void {
  describe(`settling claims, on ${backend.name}`, () => {
    describe('commit', () => {
      test('a commit marks the item as seen and deletes its payload', async () => {
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

      test('a commit again, in a row, in one batch, or at the same time, does nothing', async () => {
        const { one, reopen } = await openOne(backend);
        const claims = await one.claim(['a', 'b']);
        await one.commit([...claims, ...claims]);
        await Promise.all([one.commit(claims), one.commit(claims)]);
        await (await reopen()).commit(claims);
        expect(await one.filterUnseen(['a', 'b'])).toEqual([]);
      });

      test.each(endings.filter(([name]) => name !== 'commit'))(
        'after a commit, an attempt to %s is refused',
        async (_, end) => {
          const { one } = await openOne(backend);
          const claim = await claimOne(one, 'a');
          await one.commit([claim]);
          const { token } = claim;
          expect(await lostBy(end(one, [claim]))).toMatchObject([
            { token, currentToken: token, currentOwner: null, state: 'posted' },
          ]);
          expect(await one.isSeen('a')).toBe(true);
        },
      );

      test('a commit that is refused takes nothing with it that was asked for at the same time', async () => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'mine');
        await one.release([claim]);
        const outcomes = await Promise.allSettled([one.markSeen('a'), one.commit([claim]), one.markSeen('b')]);
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect(await one.filterUnseen(['a', 'b', 'mine'])).toEqual(['mine']);
      });

      test('an item that a purge forgot begins anew, and an earlier commit comes too late', async () => {
        const { one, clock } = await openOne(backend);
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
        const { one, clock } = await openOne(backend);
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

      test('a posted item whose id expired stays posted when it is claimed beside a new one', async () => {
        const { one, clock } = await openOne(backend);
        await one.commit([await claimOne(one, 'posted')]);
        clock.advance(8 * 86_400_000);
        await one.purgeExpired();
        expect(idsOf(await one.claim(['new', 'posted']))).toEqual(['new']);
        expect(await one.filterUnseen(['new', 'posted'])).toEqual(['new']);
      });

      test('a claim of what is still seen leaves its posts alone', async () => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        await one.ledger.savePost(claim, 'channel', 'message');
        await one.commit([claim]);
        await one.claim(['a', 'b']);
        expect((await one.ledger.find('a'))?.posts).toHaveLength(1);
      });
    });

    describe('release', () => {
      test('a release gives the item back at once, to anybody', async () => {
        const { one, other } = await openPair(backend);
        await one.release(await one.claim(['a']));
        expect(await one.ledger.find('a')).toMatchObject({ owner: null, leaseUntil: null, retryAt: null });
        expect(idsOf(await other.claim(['a']))).toEqual(['a']);
      });

      test('a release counts as an attempt with an error, and not without one', async () => {
        const { one } = await openOne(backend);
        const attempts: number[] = [];
        for (const options of [{}, { error: 'one' }, {}, {}, { error: 'two' }, {}]) {
          const claim = await claimOne(one, 'a');
          attempts.push(claim.attempt);
          await one.release([claim], options);
        }
        expect(attempts).toEqual([1, 1, 2, 2, 2, 3]);
        expect(await one.ledger.find('a')).toMatchObject({ attempts: 2, lastError: 'two' });
      });

      test('a release with a reason does not count as an attempt, and the reason is kept until the next one', async () => {
        const { one, clock } = await openOne(backend);
        const retryAt = new Date(NOON + 60_000);
        await one.release([await claimOne(one, 'a')], { error: 'too long' });
        await one.release([await claimOne(one, 'a')], { reason: 'the channel is closed', retryAt });
        expect(await one.ledger.find('a')).toMatchObject({ attempts: 1, lastError: 'the channel is closed', retryAt });
        clock.set(retryAt.getTime());
        await one.release([await claimOne(one, 'a')]);
        expect(await one.ledger.find('a')).toMatchObject({ attempts: 1, lastError: 'the channel is closed' });
        expect(await claimOne(one, 'a')).toMatchObject({ attempt: 2 });
      });

      test('a release with an error and a reason is refused, and releases nothing', async () => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        await expect(one.release([claim], { error: 'one', reason: 'two' })).rejects.toThrow(SeenInputError);
        await one.commit([claim]);
        expect(await one.isSeen('a')).toBe(true);
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

      test.each(endings)('after a release, an attempt to %s is refused', async (_, end) => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        await one.release([claim], { error: 'first', retryAt: new Date(NOON + 1) });
        const before = await one.ledger.find('a');
        expect(await lostBy(end(one, [claim]))).toMatchObject([{ currentToken: claim.token, currentOwner: null }]);
        expect(await one.ledger.find('a')).toEqual(before);
        expect(await one.isSeen('a')).toBe(false);
      });

      test('a claim that is released twice in one batch is released once', async () => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        await one.release([claim, claim]);
        expect(await one.ledger.find('a')).toMatchObject({ attempts: 0 });
      });
    });

    test.each(['a\0b', 'a\ud800b'])(
      'the text %j of an error, a reason or a failure keeps no claim from ending',
      async (text) => {
        const { one } = await openOne(backend);
        const [failing, waiting, failed] = await one.claim([{ id: 'failing', payload: text }, 'waiting', 'failed']);
        await one.release([failing as Claim], { error: text });
        await one.release([waiting as Claim], { reason: text });
        await one.ledger.saveIntent(failed as Claim, 'channel', { fingerprint: text });
        await one.ledger.savePostFailure(failed as Claim, 'channel', text);
        await one.fail([failed as Claim], text);
        for (const id of ['failing', 'waiting', 'failed']) {
          expect((await one.ledger.find(id))?.lastError).toMatch(/^a.b$/s);
        }
        expect(await claimOne(one, 'failing')).toMatchObject({ payload: text });
      },
    );

    describe('fail', () => {
      test('nobody gets a failed item, however long it takes, until somebody asks for a retry', async () => {
        const { one, other, clock } = await openPair(backend);
        await one.fail([await claimOne(one, 'a', 'payload')], 'channel gone');
        clock.advance(20 * 86_400_000);
        expect(await other.claim(['a'])).toEqual([]);
        expect(await other.claimWaiting()).toEqual([]);
        expect(await other.isSeen('a')).toBe(false);
        expect(await other.ledger.retry(['a'])).toBe(1);
        expect(await other.claim(['a'])).toMatchObject([{ id: 'a', attempt: 1, payload: 'payload' }]);
      });

      test.each(endings)('after a failure, an attempt to %s is refused', async (_, end) => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        await one.fail([claim], 'given up');
        expect(await lostBy(end(one, [claim]))).toMatchObject([{ currentOwner: null, state: 'failed' }]);
        expect(await one.ledger.find('a')).toMatchObject({ state: 'failed', lastError: 'given up' });
      });
    });
  });
}
