import { expect, test } from 'vitest';

import { ChannelType, ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes } from '../support/notes.ts';

const inThread = (count: number, prefix = 'n') => notes(count, prefix, { channels: [ids.thread] });

const namesIn = (harness: DeliveryHarness, channelId: string): string[] =>
  harness.texts(channelId).map((text) => text.split(':')[0] ?? '');

/** Runs cycles without news for half an hour. */
async function wait(harness: DeliveryHarness): Promise<void> {
  for (let minute = 0; minute < 30; minute += 1) {
    await harness.clock.advance(60_000);
    await harness.deliver([]);
  }
}

test('a thread is a channel like any other', async () => {
  const harness = await DeliveryHarness.start();
  expect(await harness.deliver(inThread(3))).toMatchObject({ posted: 3 });
  expect(namesIn(harness, ids.thread)).toEqual(['n1', 'n2', 'n3']);
  expect(harness.discord.complaints).toEqual([]);
});

test('an archived thread is opened by the first post', async () => {
  const harness = await DeliveryHarness.start();
  harness.discord.archiveThread(ids.thread);
  expect(await harness.deliver(inThread(3))).toMatchObject({ posted: 3, failed: 0 });
  expect(harness.creations(ids.thread)).toHaveLength(3);
});

test('a locked thread makes its items wait in order, without an attempt, until it is opened', async () => {
  const harness = await DeliveryHarness.start({ delivery: { maxAttempts: 2 } });
  harness.discord.lockThread(ids.thread);
  harness.discord.archiveThread(ids.thread);
  for (const prefix of ['a', 'b', 'c', 'd']) {
    await harness.deliver([...inThread(2, prefix), ...notes(1, `text-${prefix}`)]);
    await harness.clock.advance(60_000);
  }
  expect(namesIn(harness, ids.announcements)).toHaveLength(4);
  expect(await harness.store.ledger.counts()).toEqual({ waiting: 8, active: 0, failed: 0 });
  harness.discord.reopenThread(ids.thread);
  await wait(harness);
  expect(namesIn(harness, ids.thread)).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1', 'd2']);
});

test('one item in channels of every kind is posted once in each', async () => {
  const feed = Object.assign(new NoteFeed(), { thread: () => ({ name: 'A note' }) });
  const harness = await DeliveryHarness.start({ feed, delivery: { publish: true } });
  const channels = [ids.announcements, ids.thread, ids.news, ids.forum];
  expect(await harness.deliver([{ id: 'n1', channels }])).toMatchObject({ posted: 1, failed: 0 });
  const entry = await harness.store.ledger.find('n1');
  expect(entry?.posts.map(({ state }) => state)).toEqual(['posted', 'posted', 'posted', 'posted']);
  await harness.restart();
  expect(await harness.deliver([{ id: 'n1', channels }])).toMatchObject({ posted: 0, skipped: 1 });
});

test('a channel that becomes one of announcements, and back, goes on getting its posts', async () => {
  const harness = await DeliveryHarness.start();
  await harness.deliver(notes(1));
  harness.discord.setChannelType(ids.announcements, ChannelType.announcement);
  await harness.deliver(notes(2));
  harness.discord.setChannelType(ids.announcements, ChannelType.text);
  await harness.deliver(notes(3));
  expect(namesIn(harness, ids.announcements)).toEqual(['n1', 'n2', 'n3']);
});

test('a category takes no posts: the items wait, and nothing is paid for those behind the first', async () => {
  const harness = await DeliveryHarness.start();
  await harness.deliver(notes(2, 'a', { channels: [ids.category] }));
  await harness.deliver(notes(9, 'b', { channels: [ids.category] }));
  expect(await harness.store.ledger.counts()).toEqual({ waiting: 11, active: 0, failed: 0 });
  expect(harness.feed.enriched.length).toBeLessThanOrEqual(2);
});
