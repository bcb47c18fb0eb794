import { describe, expect, test } from 'vitest';

import { claimBatch } from '../../src/feed/intake/claim-batch.ts';
import type { Claim } from '../../src/store/index.ts';
import { createsMessage, ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes } from '../support/notes.ts';
import { LATER_MS, MINUTE_MS } from '../support/times.ts';

/** More than are claimed at once: 100. */
const COUNT = 120;

/** Counts the items that are claimed while `work` goes on. */
async function claimedDuring(harness: DeliveryHarness, work: () => Promise<unknown>): Promise<number> {
  let claimed = 0;
  const { claimWaiting } = harness.store;
  harness.store.claimWaiting = async (options) => {
    const claims = await claimWaiting.call(harness.store, options);
    claimed += claims.length;
    return claims;
  };
  await work();
  harness.store.claimWaiting = claimWaiting;
  return claimed;
}

const texts = (harness: DeliveryHarness, channelId: string): string[] =>
  harness.texts(channelId).map((text) => text.split(':')[0] ?? '');

describe('a long backlog of a channel that takes no posts', () => {
  test('is left alone while the channel is paused, and goes out whole and in order once it is well', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.denyChannel(ids.announcements);
    await harness.deliver(notes(COUNT));
    await harness.clock.advance(LATER_MS);
    await harness.deliver([]);
    for (let cycle = 0; cycle < 5; cycle += 1)
      expect(await claimedDuring(harness, () => harness.deliver([]))).toBeLessThanOrEqual(100);
    harness.discord.allowChannel(ids.announcements);
    await harness.clock.advance(LATER_MS);
    expect(await harness.deliver([])).toMatchObject({ posted: COUNT });
    expect(texts(harness, ids.announcements)).toEqual(notes(COUNT).map(({ id }) => id));
    expect(await harness.store.ledger.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
  });

  test('lets the items of another channel keep their order, which is well before it', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.denyChannel(ids.announcements);
    harness.discord.faults = (request) =>
      createsMessage(ids.general)(request) ? { kind: 'status', status: 503 } : undefined;
    await harness.deliver([...notes(COUNT), ...notes(5, 'g', { channels: [ids.general] })]);
    for (let cycle = 0; cycle < 3; cycle += 1) {
      await harness.clock.advance(LATER_MS);
      await harness.deliver([]);
    }
    harness.discord.faults = undefined;
    await harness.clock.advance(LATER_MS);
    await harness.deliver([{ id: 'g6', channels: [ids.general] }]);
    expect(texts(harness, ids.general)).toEqual(['g1', 'g2', 'g3', 'g4', 'g5', 'g6']);
    await harness.clock.advance(LATER_MS);
    await harness.deliver([]);
    expect(await claimedDuring(harness, () => harness.deliver([]))).toBeLessThanOrEqual(100);
  });

  test('is claimed by a new process, which knows of no pause yet', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.denyChannel(ids.announcements);
    await harness.deliver(notes(COUNT));
    harness.discord.allowChannel(ids.announcements);
    await harness.clock.advance(MINUTE_MS);
    await harness.restart();
    await harness.deliver([]);
    expect(texts(harness, ids.announcements)).toEqual(notes(COUNT).map(({ id }) => id));
  });
});

test('of a backlog without an end, five thousand items are claimed for a cycle', async () => {
  let token = 0;
  const claimOf = (): Claim => {
    token += 1;
    return { id: String(token), token, feed: 'notes', place: { token, index: 0 }, attempt: 1, posts: [] } as never;
  };
  const store = {
    claimWaiting: async ({ limit = 0 }) => Array.from({ length: limit }, claimOf),
    claim: async () => [],
    holds: { current: async () => null },
  };
  const feed = Object.assign(new NoteFeed(), { revive: () => ({ id: 'any' }) });
  const waiting = { clear: () => undefined, areAllPaused: false };
  const context = { store, feed, waiting, options: { leaseMs: 60_000 } } as never;
  const jobs = await claimBatch(context, { deliver: [], retries: 100 }, () => ({}) as never);
  expect(jobs).toHaveLength(5_000);
});
