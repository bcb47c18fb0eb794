import { describe, expect, test } from 'vitest';

import { noCounts, SeenClaimLostError, SeenInputError, type Claim, type SeenStore } from '../../src/store/index.ts';
import { seededRandom } from '../support/hostile-text.ts';
import { DAY_MS, MINUTE_MS, NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { claimOne, idsOf, lostBy, openOne, openPair } from './stores.ts';

/** The writes into the ledger on behalf of a claim. */
const writes: readonly (readonly [string, (store: SeenStore, claim: Claim) => Promise<unknown>])[] = [
  ['saveEnrichment', ({ ledger }, claim) => ledger.saveEnrichment(claim, 'late')],
  ['saveIntent', ({ ledger }, claim) => ledger.saveIntent(claim, 'other channel')],
  ['dropIntent', ({ ledger }, claim) => ledger.dropIntent(claim, 'channel')],
  ['savePost', ({ ledger }, claim) => ledger.savePost(claim, 'channel', 'late')],
  ['saveFoundPost', ({ ledger }, claim) => ledger.saveFoundPost(claim, 'channel', 'late')],
  ['savePostFailure', ({ ledger }, claim) => ledger.savePostFailure(claim, 'channel', 'late')],
];

type Texts = [id: string, feed: string, channel: string, message: string, subject: string];

/** A text that nothing compresses, as long in UTF-8 as one of so many characters can be. */
function wideText(length: number): string {
  const random = seededRandom(length);
  return Array.from({ length }, () => String.fromCharCode(0x4e00 + Math.floor(random() * 0x5000))).join('');
}

/** The delivery ledger, for every backend to keep. */
export function describeLedger(backend: ContractBackend): void {
  describe(`the ledger, on ${backend.name}`, () => {
    describe('the way of an item', () => {
      test('the longest names and ids that are taken go all the way, in characters of three bytes', async () => {
        const { one, other } = await openPair(backend);
        const [id, feed, channel, message, subject] = [512, 256, 256, 256, 512].map(wideText) as Texts;
        await other.scopes.assign(feed, [[id]]);
        const [claim] = await one.claim([id], { feed });
        if (claim === undefined) throw new Error('The item was not granted.');
        await one.ledger.saveIntent(claim, channel);
        await one.ledger.savePost(claim, channel, message);
        expect(await other.ledger.find(id)).toMatchObject({ feed, posts: [{ channelId: channel }] });
        await one.commit([claim]);
        await one.cycles.record({ ...noCounts, feed, startedAt: new Date(NOON), finishedAt: new Date(NOON) });
        await one.spending.add(feed, { requests: 1 });
        expect(await one.leadership.campaign(feed)).toMatchObject({ name: feed });
        expect(await one.incidents.open(subject, 'it fails')).toMatchObject({ subject });
        expect(await other.cycles.isFirst(feed)).toBe(false);
      });

      test('the way of an item is written down step by step', async () => {
        const { one, other, clock } = await openPair(backend);
        const claim = await claimOne(one, 'a', { form: '8-K' });
        const { owner } = (await other.ledger.find('a')) ?? {};
        expect(owner).toEqual(expect.any(String));
        const claimed = {
          id: 'a',
          feed: 'default',
          state: 'claimed',
          attempts: 1,
          lastError: null,
          owner,
          leaseUntil: new Date(NOON + MINUTE_MS),
          retryAt: null,
          createdAt: new Date(NOON),
          updatedAt: new Date(NOON),
          payload: { form: '8-K' },
          posts: [],
        };
        expect(await other.ledger.find('a')).toEqual(claimed);
        clock.advance(1);
        await one.ledger.saveEnrichment(claim, 'summary');
        expect(await other.ledger.find('a')).toEqual({
          ...claimed,
          state: 'enriched',
          updatedAt: new Date(NOON + 1),
        });
        clock.advance(1);
        await one.ledger.saveIntent(claim, 'channel');
        expect(await other.ledger.find('a')).toMatchObject({ state: 'posting', updatedAt: new Date(NOON + 2) });
        await one.commit([claim]);
        expect(await other.ledger.find('a')).toMatchObject({ state: 'posted', owner: null });
      });

      test('an item is unknown before the first claim', async () => {
        const { one } = await openOne(backend);
        await one.markSeen('seen only');
        await claimOne(one, 'b');
        expect(await one.ledger.find('seen only')).toBeNull();
        expect(await one.ledger.filterUnknown(['c', 'seen only', 'b', 'a', 'c'])).toEqual(['c', 'seen only', 'a']);
        expect(await one.ledger.filterUnknown([])).toEqual([]);
      });

      test('an item keeps its enrichment for the next attempt, and the latest of two', async () => {
        const { one, other } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        await one.ledger.saveEnrichment(claim, { text: 'first' });
        await one.ledger.saveEnrichment(claim, { text: 'second\0\ud800' });
        await one.release([claim], { error: '500' });
        expect((await claimOne(other, 'a')).enrichment).toEqual({ text: 'second\0\ud800' });
      });

      test.each([[1n], [() => 1], [undefined]])('the enrichment %s is refused', async (enrichment) => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        await expect(one.ledger.saveEnrichment(claim, enrichment)).rejects.toThrow(SeenInputError);
        expect(await one.ledger.find('a')).toMatchObject({ state: 'claimed' });
      });
    });

    describe('posts', () => {
      test('the first intent keeps its time, until it is dropped', async () => {
        const { one, clock } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        await one.ledger.saveIntent(claim, 'channel');
        clock.advance(30_000);
        await one.ledger.saveIntent(claim, 'channel');
        expect(await postsOf(one)).toMatchObject([{ channelId: 'channel', state: 'open', intentAt: new Date(NOON) }]);
        await one.ledger.dropIntent(claim, 'channel');
        expect(await postsOf(one)).toEqual([]);
        await one.ledger.saveIntent(claim, 'channel');
        expect(await postsOf(one)).toMatchObject([{ state: 'open', intentAt: new Date(NOON + 30_000) }]);
      });

      test('an intent keeps Discord’s time, which may be told later, and the last fingerprint', async () => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        const [first, later] = [new Date(NOON - 5_000), new Date(NOON + 5_000)];
        await one.ledger.saveIntent(claim, 'channel', { fingerprint: 'one' });
        expect(await postsOf(one)).toMatchObject([{ discordAt: null, fingerprint: 'one', mayRepeat: false }]);
        await one.ledger.saveIntent(claim, 'channel', { discordAt: first });
        await one.ledger.saveIntent(claim, 'channel', { discordAt: later, fingerprint: 'two' });
        expect(await postsOf(one)).toMatchObject([{ discordAt: first, fingerprint: 'two' }]);
        await one.ledger.savePost(claim, 'channel', 'message');
        await one.ledger.saveIntent(claim, 'channel', { fingerprint: 'three' });
        expect(await postsOf(one)).toMatchObject([{ state: 'posted', discordAt: first, fingerprint: 'two' }]);
      });

      test('a message that was found is one item’s, whichever process takes it first', async () => {
        const { one, other } = await openPair(backend);
        const [a, b, c] = await one.claim(['a', 'b', 'c']);
        for (const claim of [a, b, c]) await one.ledger.saveIntent(claim as Claim, 'channel');
        await one.release([b as Claim]);
        const ofOther = await claimOne(other, 'b');
        const taken = await Promise.all([
          one.ledger.saveFoundPost(a as Claim, 'channel', 'message'),
          other.ledger.saveFoundPost(ofOther, 'channel', 'message'),
        ]);
        expect(taken.filter(Boolean)).toHaveLength(1);
        const posts = [...(await postsOf(one, 'a')), ...(await postsOf(one, 'b'))];
        expect(posts.filter(({ messageId }) => messageId === 'message')).toHaveLength(1);
        expect(posts.map(({ state }) => state).toSorted()).toEqual(['open', 'posted']);
        const owner = taken[0] ? (a as Claim) : (b as Claim);
        expect((await one.ledger.find(owner.id))?.posts).toMatchObject([{ messageId: 'message' }]);
        await expect(one.ledger.saveFoundPost(b as Claim, 'channel', 'another')).rejects.toThrow(SeenClaimLostError);
      });

      test('the posts of a channel say which messages are known, and what is open of other items', async () => {
        const { one } = await openOne(backend);
        const [a, b, c] = await one.claim(['a', 'b', 'c']);
        const discordAt = new Date(NOON - 1_000);
        for (const claim of [a, b])
          await one.ledger.saveIntent(claim as Claim, 'here', { discordAt, fingerprint: 'x' });
        await one.ledger.saveIntent(c as Claim, 'there');
        await one.ledger.savePost(c as Claim, 'here', 'known');
        expect(await one.ledger.channelPosts(a as Claim, 'here', ['known', 'unknown', 'known'])).toEqual({
          recorded: ['known'],
          others: [{ itemId: 'b', intentAt: new Date(NOON), discordAt, fingerprint: 'x' }],
        });
        expect(await one.ledger.channelPosts(a as Claim, 'nowhere', [])).toEqual({ recorded: [], others: [] });
      });

      test('an intent outlives the process, the lease and the attempt', async () => {
        const { one, clock, reopen } = await openOne(backend);
        await one.ledger.saveIntent(await claimOne(one, 'a'), 'channel');
        await one.close();
        clock.advance(MINUTE_MS);
        const later = await claimOne(await reopen(), 'a');
        expect(later.posts).toMatchObject([{ channelId: 'channel', state: 'open', intentAt: new Date(NOON) }]);
      });

      test('one channel that fails leaves the others alone', async () => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        for (const channel of ['posted', 'deleted', 'gone', 'open']) await one.ledger.saveIntent(claim, channel);
        await one.ledger.savePost(claim, 'posted', 'message');
        await one.ledger.savePost(claim, 'deleted', null);
        await one.ledger.savePostFailure(claim, 'gone', 'Unknown Channel');
        await one.release([claim], { error: 'Unknown Channel' });
        expect((await claimOne(one, 'a')).posts).toMatchObject([
          { channelId: 'deleted', state: 'posted', messageId: null, error: null },
          { channelId: 'gone', state: 'failed', messageId: null, error: 'Unknown Channel' },
          { channelId: 'open', state: 'open', messageId: null, error: null },
          { channelId: 'posted', state: 'posted', messageId: 'message', error: null },
        ]);
      });

      test('items do not share their channels', async () => {
        const { one } = await openOne(backend);
        const [a, b] = await one.claim(['a', 'b']);
        await one.ledger.saveIntent(a as Claim, 'channel');
        await one.ledger.savePost(b as Claim, 'channel', 'of b');
        expect(await postsOf(one)).toMatchObject([{ state: 'open' }]);
        expect(await postsOf(one, 'b')).toMatchObject([{ state: 'posted', messageId: 'of b' }]);
      });

      test('a post is kept even where its intent is missing', async () => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        await one.ledger.savePost(claim, 'channel', 'message');
        expect(await postsOf(one)).toMatchObject([{ state: 'posted', messageId: 'message', intentAt: new Date(NOON) }]);
      });

      test('nothing takes a post back', async () => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        await one.ledger.savePost(claim, 'channel', 'message');
        const posted = await postsOf(one);
        await one.ledger.saveIntent(claim, 'channel');
        await one.ledger.dropIntent(claim, 'channel');
        await one.ledger.savePostFailure(claim, 'channel', '403');
        expect(await postsOf(one)).toEqual(posted);
      });

      test('a failure is kept with or without an intent, and a post overrules it', async () => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        await one.ledger.savePostFailure(claim, 'channel', '403');
        expect(await postsOf(one)).toMatchObject([{ state: 'failed', error: '403' }]);
        await one.ledger.savePost(claim, 'channel', 'message');
        expect(await postsOf(one)).toMatchObject([{ state: 'posted', error: null, messageId: 'message' }]);
      });
    });

    describe('the fence', () => {
      test.each(writes)('the fence refuses %s to a late owner, and changes nothing', async (_, write) => {
        const { one, other, clock } = await openPair(backend);
        const late = await claimOne(one, 'a');
        await one.ledger.saveIntent(late, 'channel');
        clock.advance(MINUTE_MS);
        const present = await claimOne(other, 'a');
        const before = await other.ledger.find('a');
        expect(await lostBy(write(one, late))).toMatchObject([
          { id: 'a', token: late.token, currentToken: present.token, currentOwner: before?.owner, state: 'posting' },
        ]);
        expect(await other.ledger.find('a')).toEqual(before);
      });

      test.each(writes)('the fence refuses %s after the end of the claim', async (_, write) => {
        const { one } = await openOne(backend);
        const [released, committed, failed] = (await one.claim(['r', 'c', 'f'])) as [Claim, Claim, Claim];
        await one.release([released]);
        await one.commit([committed]);
        await one.fail([failed], 'no');
        for (const claim of [released, committed, failed]) {
          expect(await lostBy(write(one, claim))).toMatchObject([{ currentToken: claim.token, currentOwner: null }]);
        }
      });
    });

    describe('dead letters', () => {
      test('dead letters are listed latest first, by feed, up to the limit', async () => {
        const { one, clock } = await openOne(backend);
        for (const [id, feed] of [
          ['a', 'filings'],
          ['b', 'other'],
          ['c', 'filings'],
        ] as const) {
          clock.advance(1_000);
          await one.fail(await one.claim([{ id, payload: `of ${id}` }], { feed }), `${id} failed`);
        }
        const names = (query?: Parameters<typeof one.ledger.failed>[0]): Promise<string[]> =>
          one.ledger.failed(query).then((entries) => entries.map(({ id }) => id));
        expect(await names()).toEqual(['c', 'b', 'a']);
        expect(await names({ feed: 'filings' })).toEqual(['c', 'a']);
        expect(await names({ limit: 1 })).toEqual(['c']);
        expect(await one.ledger.failed({ feed: 'other' })).toMatchObject([
          { id: 'b', state: 'failed', lastError: 'b failed', payload: 'of b', owner: null, leaseUntil: null },
        ]);
      });

      test('a retry takes the dead letters that are named, or all, and counts them', async () => {
        const { one, other } = await openPair(backend);
        await one.fail(await one.claim(['a', 'b', 'c']), 'no');
        await claimOne(one, 'leased');
        await one.release([await claimOne(one, 'released')], { error: 'later', retryAt: new Date(NOON + 1) });
        expect(await one.ledger.retry([])).toBe(0);
        expect(await one.ledger.retry(['a', 'leased', 'released', 'unknown'])).toBe(1);
        expect(idsOf(await other.claimWaiting())).toEqual(['a']);
        expect(await one.ledger.retry()).toBe(2);
        expect(await one.ledger.retry()).toBe(0);
        expect(idsOf(await other.claimWaiting())).toEqual(['b', 'c']);
      });

      test('a retry keeps posts and enrichment, counts anew, and lets failed channels try again', async () => {
        const { one, other, clock } = await openPair(backend);
        const claim = await claimOne(one, 'a', 'payload');
        await one.ledger.saveEnrichment(claim, 'paid for');
        for (const channel of ['posted', 'failed', 'open']) await one.ledger.saveIntent(claim, channel);
        await one.ledger.savePost(claim, 'posted', 'message');
        clock.advance(1_000);
        await one.ledger.savePostFailure(claim, 'failed', '403');
        await one.fail([claim], '403');
        await one.ledger.retry(['a']);
        expect(await other.ledger.find('a')).toMatchObject({ state: 'enriched', attempts: 0, lastError: '403' });
        expect(await claimOne(other, 'a')).toMatchObject({
          attempt: 1,
          payload: 'payload',
          enrichment: 'paid for',
          posts: [
            { channelId: 'failed', state: 'open', intentAt: new Date(NOON), error: null, mayRepeat: true },
            { channelId: 'open', state: 'open', mayRepeat: true },
            { channelId: 'posted', state: 'posted', messageId: 'message', mayRepeat: false },
          ],
        });
      });

      test('a retry leaves the failed channels of other items alone', async () => {
        const { one } = await openOne(backend);
        const claims = await one.claim(['a', 'b', 'c']);
        for (const claim of claims) await one.ledger.savePostFailure(claim, 'channel', '403');
        await one.fail(claims.slice(0, 2), '403');
        await one.ledger.retry(['a']);
        const states = await Promise.all(['a', 'b', 'c'].map(async (id) => (await postsOf(one, id))[0]?.state));
        expect(states).toEqual(['open', 'failed', 'failed']);
      });
    });

    test('the counts tell what waits, is worked on, or failed', async () => {
      const { one, other, clock } = await openPair(backend);
      expect(await one.ledger.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
      await one.commit(await one.claim(['posted']));
      await one.fail(await one.claim(['failed 1', 'failed 2', 'failed 3']), 'no');
      await one.claim(['ran out'], { leaseMs: 1 });
      await one.release(await one.claim(['due later']), { retryAt: new Date(NOON + DAY_MS) });
      await one.release(await one.claim(['seen meanwhile']));
      await one.markSeen('seen meanwhile');
      clock.advance(1);
      await one.claim(['active']);
      expect(await other.ledger.counts()).toEqual({ waiting: 2, active: 1, failed: 3 });
      expect((await other.stats()).ledger).toEqual({ waiting: 2, active: 1, failed: 3 });
    });

    test('the backlog of a feed is what waits of it, and since when', async () => {
      const { one, other, clock } = await openPair(backend);
      expect(await one.ledger.backlog('filings')).toEqual({ waiting: 0, oldest: null });
      await one.release(await one.claim(['of another'], { feed: 'news' }));
      clock.advance(MINUTE_MS);
      await one.release(await one.claim(['due later'], { feed: 'filings' }), { retryAt: new Date(NOON + DAY_MS) });
      clock.advance(MINUTE_MS);
      await one.claim(['ran out'], { feed: 'filings', leaseMs: 1 });
      await one.release(await one.claim(['seen meanwhile'], { feed: 'filings' }));
      await one.markSeen('seen meanwhile');
      await one.fail(await one.claim(['failed'], { feed: 'filings' }), 'no');
      clock.advance(MINUTE_MS);
      await one.claim(['active'], { feed: 'filings' });
      expect(await other.ledger.backlog('filings')).toEqual({ waiting: 2, oldest: new Date(NOON + MINUTE_MS) });
      clock.set(NOON);
      expect((await other.ledger.backlog('filings')).oldest).toEqual(new Date(NOON));
    });
  });
}

async function postsOf(store: SeenStore, id = 'a'): Promise<readonly Claim['posts'][number][]> {
  return (await store.ledger.find(id))?.posts ?? [];
}
