import { MessageFlags } from 'discord.js';
import { describe, expect, test, vi } from 'vitest';

import { ids } from '../../../local/discord/index.ts';
import type { DeliveryOptions, MessageBody } from '../../../src/index.ts';
import { editMessage } from '../../../src/feed/discord/message/edit.ts';
import { DeliveryHarness } from '../../support/delivery-harness.ts';
import { notes, type Note, type Summary } from '../../support/notes.ts';
import { SlowFeed } from '../../support/slow-feed.ts';
import { MINUTE_MS } from '../../support/times.ts';

async function start(delivery: DeliveryOptions = {}) {
  const feed = new SlowFeed();
  const harness = await DeliveryHarness.start({ feed, delivery: { editLate: true, ...delivery } });
  feed.clock = harness.clock;
  return { feed, harness };
}

type Started = Awaited<ReturnType<typeof start>>;

/** Delivers the items, all of which are enriched at once, and posted plain when their minute is over. */
async function postPlain({ feed, harness }: Started, items: readonly Note[], signal?: AbortSignal): Promise<void> {
  const delivering = harness.deliver(items, signal === undefined ? {} : { signal });
  await vi.waitUntil(() => feed.pending >= items.length, { interval: 1, timeout: 10_000 });
  await harness.clock.advance(MINUTE_MS);
  await delivering;
}

const edits = ({ harness }: Started) => harness.discord.requests.filter(({ method }) => method === 'PATCH');

async function waitForEdits(started: Started, count: number): Promise<void> {
  const { discord, logger } = started.harness;
  await discord.waitUntil('the edits', () => edits(started).length >= count);
  await vi.waitUntil(() => logger.of('feed_post_edited').length >= count, { interval: 1, timeout: 10_000 });
}

describe('an enrichment that comes late', () => {
  test('edits the post once, in each channel, and pings nobody again', async () => {
    const started = await start({ pingRoleId: '123' });
    const { feed, harness } = started;
    feed.model = () => 90_000;
    await postPlain(started, notes(1, 'n', { channels: [ids.announcements, ids.general] }));
    expect(harness.texts()).toEqual(['<@&123> n1: plain']);
    await harness.clock.advance(30_000);
    await waitForEdits(started, 2);
    expect([harness.texts(), harness.texts(ids.general)]).toEqual([['<@&123> n1: about n1'], ['<@&123> n1: about n1']]);
    expect(edits(started).map(({ body }) => body)).toMatchObject([
      { allowed_mentions: { parse: [], roles: ['123'] } },
      { allowed_mentions: { parse: [], roles: ['123'] } },
    ]);
    await harness.deliver(notes(1));
    expect([harness.creations().length, edits(started).length]).toEqual([1, 2]);
    expect(harness.discord.complaints).toEqual([]);
  });

  test('is aborted at its time unless the feed wants it', async () => {
    const started = await start({ editLate: false });
    started.feed.model = () => 90_000;
    await postPlain(started, notes(1));
    expect(started.feed.signals.map(({ aborted }) => aborted)).toEqual([true]);
    await started.harness.clock.advance(MINUTE_MS);
    expect(edits(started)).toEqual([]);
  });

  test('edits the first message of a forum’s thread', async () => {
    const started = await start();
    const { feed, harness } = started;
    Object.assign(feed, { thread: ({ id }: Note) => ({ name: `Note ${id}` }) });
    feed.model = () => 90_000;
    await postPlain(started, notes(1, 'n', { channels: [ids.forum] }));
    await harness.clock.advance(30_000);
    await waitForEdits(started, 1);
    expect(edits(started).map(({ status }) => status)).toEqual([200]);
  });

  test('holds no slot, and is given up after ten times its time', async () => {
    const started = await start({ maxConcurrent: 1 });
    const { feed, harness } = started;
    feed.model = () => 'hang';
    await postPlain(started, notes(1));
    feed.model = () => 0;
    expect(await harness.deliver(notes(3))).toMatchObject({ posted: 2, enriched: 2 });
    await harness.clock.advance(10 * MINUTE_MS - 1);
    expect(feed.signals[0]?.aborted).toBe(false);
    await harness.clock.advance(1);
    expect(feed.signals[0]?.aborted).toBe(true);
    expect(edits(started)).toEqual([]);
  });

  test('is one of five at most', async () => {
    const started = await start({ maxConcurrent: 8 });
    started.feed.model = () => 'hang';
    await postPlain(started, notes(8));
    expect(started.feed.signals.filter(({ aborted }) => aborted)).toHaveLength(3);
    expect(started.harness.texts()).toHaveLength(8);
  });

  test('is aborted when the bot stops', async () => {
    const started = await start();
    started.feed.model = () => 90_000;
    const stop = new AbortController();
    await postPlain(started, notes(1), stop.signal);
    stop.abort();
    expect(started.feed.signals.map(({ aborted }) => aborted)).toEqual([true]);
    await started.harness.clock.advance(MINUTE_MS);
    expect(edits(started)).toEqual([]);
  });

  test('is aborted when its post was not confirmed, and the next attempt posts without it', async () => {
    const started = await start();
    const { feed, harness } = started;
    feed.model = () => 90_000;
    harness.discord.denyChannel(ids.announcements);
    await postPlain(started, notes(1));
    expect(feed.signals.map(({ aborted }) => aborted)).toEqual([true]);
    harness.discord.allowChannel(ids.announcements);
    await harness.clock.advance(MINUTE_MS);
    await harness.deliver([]);
    expect([harness.texts(), edits(started).length]).toEqual([['n1: plain'], 0]);
  });

  test('that cannot be shown is logged, and makes no second post', async () => {
    const started = await start();
    const { feed, harness } = started;
    feed.model = () => 90_000;
    await postPlain(started, notes(1));
    const [message] = harness.discord.messages(ids.announcements);
    harness.discord.faults = ({ method }) =>
      method === 'PATCH' ? { kind: 'status', status: 403, body: { code: 50_013, message: 'no' } } : undefined;
    await harness.clock.advance(30_000);
    await vi.waitUntil(() => harness.logger.of('feed_edit_failed').length === 1, { interval: 1, timeout: 10_000 });
    expect(harness.logger.of('feed_edit_failed')).toMatchObject([
      { level: 'warn', fields: { feed: 'notes', id: 'n1', channel_id: ids.announcements, message_id: message?.id } },
    ]);
    expect(harness.texts()).toEqual(['n1: plain']);
  });

  test('that fails after all changes nothing', async () => {
    const started = await start();
    const { feed, harness } = started;
    await postPlain(Object.assign(started, { feed: Object.assign(feed, { model: () => 90_000 }) }), notes(1));
    feed.message = () => {
      throw new Error('no template');
    };
    await harness.clock.advance(30_000);
    await vi.waitUntil(() => harness.logger.of('feed_edit_failed').length === 1, { interval: 1, timeout: 10_000 });
    expect([harness.texts(), edits(started).length]).toEqual([['n1: plain'], 0]);
  });

  test('comes from a model that works: once that is known, its slowness is no failure', async () => {
    const started = await start({ maxConcurrent: 1 });
    const { feed, harness } = started;
    feed.model = () => 90_000;
    for (let round = 1; round <= 5; round += 1) {
      await postPlain(started, notes(1, `r${round}-`));
      await harness.clock.advance(30_000);
      await waitForEdits(started, round);
    }
    expect(feed.enriched).toHaveLength(5);
    expect(await harness.store.incidents.current()).toEqual([]);
  });
});

describe('an edit', () => {
  async function edit(before: MessageBody, after: Parameters<typeof editMessage>[3]) {
    const started = await start();
    const { harness } = started;
    harness.feed.message = (_note: Note, _summary?: Summary) => before;
    await harness.deliver(notes(1));
    const [message] = harness.discord.messages(ids.announcements);
    await editMessage(harness, ids.announcements, message?.id ?? '', after);
    expect(harness.discord.complaints).toEqual([]);
    return started;
  }

  test('takes away what the new body lacks', async () => {
    const embed = { title: 'old', description: 'old' };
    const one = await edit({ content: 'old', embeds: [embed] }, { content: 'new' });
    expect(one.harness.discord.messages(ids.announcements)).toMatchObject([{ content: 'new', embeds: [] }]);
    const other = await edit({ content: 'old' }, { embeds: [{ title: 'new' }] });
    expect(other.harness.discord.messages(ids.announcements)).toMatchObject([
      { content: '', embeds: [{ title: 'new' }] },
    ]);
  });

  test('sets no flag that only a new message may have', async () => {
    const { SuppressEmbeds, SuppressNotifications } = MessageFlags;
    const flags = SuppressEmbeds | SuppressNotifications;
    const started = await edit({ content: 'old', flags: SuppressNotifications }, { content: 'new', flags });
    expect(edits(started)).toMatchObject([{ status: 200, body: { flags: SuppressEmbeds } }]);
  });

  test('leaves the flags that a moderator has set, unless the body names them', async () => {
    const { SuppressEmbeds, SuppressNotifications } = MessageFlags;
    for (const silent of [{ content: 'new' }, { content: 'new', flags: SuppressNotifications }])
      expect(edits(await edit({ content: 'old' }, silent))[0]?.body).not.toHaveProperty('flags');
    const shown = await edit({ content: 'old', flags: SuppressEmbeds }, { content: 'new', flags: 0 });
    expect(edits(shown)).toMatchObject([{ status: 200, body: { flags: 0 } }]);
  });
});
