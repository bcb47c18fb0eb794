import { describe, expect, test } from 'vitest';

import type { Claim, ClaimOptions, ReleaseOptions } from '../../../src/store/index.ts';
import { ids } from '../../support/ids.ts';
import { NOON } from '../../support/times.ts';
import type { ContractBackend } from '../backend.ts';
import { claimOne, idsOf, openPair } from '../stores.ts';

/** Claims of what waits for another attempt, for every backend to keep. */
export function describeWaiting(backend: ContractBackend): void {
  describe(`claimWaiting, on ${backend.name}`, () => {
    test('claimWaiting gives an item that the feed no longer lists, with all that is known of it', async () => {
      const { one, other, clock } = await openPair(backend);
      const unknown = { intentAt: new Date(NOON), discordAt: null, fingerprint: null, mayRepeat: false, error: null };
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
          place: { token: claim.token, index: 0 },
          attempt: 2,
          firstClaimedAt: new Date(NOON),
          lastError: '500',
          payload: { form: '8-K' },
          enrichment: { summary: 'paid for' },
          posts: [
            { ...unknown, channelId: 'lost', state: 'open', messageId: null },
            { ...unknown, channelId: 'posted', state: 'posted', messageId: 'message' },
          ],
          uncertainty: null,
        },
      ]);
    });

    test('a claim says when the item was first claimed, and for what it was given back', async () => {
      const { one, other, clock } = await openPair(backend);
      const first = await claimOne(one, 'a');
      expect(first).toMatchObject({ firstClaimedAt: new Date(NOON), lastError: null });
      await one.release([first]);
      clock.advance(5_000);
      const [second] = await other.claimWaiting();
      expect(second).toMatchObject({ firstClaimedAt: new Date(NOON), lastError: null, attempt: 1 });
      await other.release([second as Claim], { reason: 'the channel is closed' });
      clock.advance(5_000);
      expect(await one.claim(['a', 'b'])).toMatchObject([
        { id: 'a', firstClaimedAt: new Date(NOON), lastError: 'the channel is closed', attempt: 1 },
        { id: 'b', firstClaimedAt: new Date(NOON + 10_000), lastError: null },
      ]);
    });

    test('an item that was forgotten and begins anew was first claimed then', async () => {
      const { one, clock } = await openPair(backend);
      await one.commit([await claimOne(one, 'a')]);
      clock.advance(5_000);
      await one.purge({ olderThan: new Date(NOON + 3_000) });
      expect(await claimOne(one, 'a')).toMatchObject({ firstClaimedAt: new Date(NOON + 5_000) });
    });

    test('claimWaiting gives what is due and free, of its own feed, oldest first, up to the limit', async () => {
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

    test.each<[string, ReleaseOptions, number]>([
      ['are given back', {}, 0],
      ['are given back with an error', { error: '500' }, 1],
      ['are given back for a moment long ago', { error: '500', retryAt: new Date(0) }, 1],
      ['lose their lease', {}, 60_000],
    ])('items that %s again and again never starve the rest', async (name, options, ms) => {
      const { one, other, clock } = await openPair(backend);
      await one.release(await one.claim(ids('old and failing', 5)), options);
      clock.advance(ms);
      await one.release(await one.claim(ids('fresh', 5)));
      const granted = new Set<string>();
      for (let cycle = 0; cycle < 5; cycle += 1) {
        const claims = await other.claimWaiting({ limit: 2 });
        for (const { id } of claims) granted.add(id);
        if (name !== 'lose their lease') await other.release(claims, options);
        clock.advance(ms);
      }
      expect(granted.size).toBe(10);
    });

    test('items that wait for their retry again and again never starve the rest', async () => {
      const { one, clock } = await openPair(backend);
      await one.release(await one.claim(ids('old and failing', 4)), { error: 'bad' });
      clock.advance(1);
      await one.release(await one.claim(['news 1', 'news 2']), { error: '500', retryAt: new Date(NOON + 5) });
      const granted: string[] = [];
      for (let cycle = 0; cycle < 4; cycle += 1) {
        clock.advance(2);
        const claims = await one.claimWaiting({ limit: 3 });
        granted.push(...idsOf(claims));
        await one.release(claims, { error: 'bad again' });
      }
      expect(granted.slice(0, 4)).toEqual(ids('old and failing', 4));
      expect(granted).toEqual(expect.arrayContaining(['news 1', 'news 2']));
    });

    test('what is due comes in the order in which it became due', async () => {
      const { one, other, clock } = await openPair(backend);
      const retryIn = (ms: number) => ({ error: '500', retryAt: new Date(NOON + ms) });
      await one.release(await one.claim(['third']), retryIn(900));
      await one.release(await one.claim(['first']), retryIn(100));
      await one.release(await one.claim(['not yet']), retryIn(1_001));
      clock.advance(500);
      await one.release(await one.claim(['second']));
      clock.advance(500);
      expect(idsOf(await other.claimWaiting())).toEqual(['first', 'second', 'third']);
    });

    test('two that claim what waits at the same time share no item', async () => {
      const { one, other } = await openPair(backend);
      const waiting = ids('item', 60);
      await one.release(await one.claim(waiting));
      const rounds = [one, other, one, other].map((store) => store.claimWaiting({ limit: 20 }));
      const granted = (await Promise.all(rounds)).flatMap(idsOf);
      expect(granted.toSorted()).toEqual(waiting.toSorted());
    });
  });
}
