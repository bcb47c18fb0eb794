import { setImmediate as nextTurn } from 'node:timers/promises';
import * as framework from '@sapphire/framework';
import { container, SapphireClient } from '@sapphire/framework';
import 'sapphire-plugin-seen/register';
import { FeedListener, type FeedBatch } from 'sapphire-plugin-seen';
import { describe, expect, onTestFinished, test } from 'vitest';

import { pollFeed, type PolledFeed } from '../../src/bot/polled-feed.ts';
import { prepareCorePieces } from '../support/core-pieces.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { notes, type Note } from '../support/notes.ts';
import { QuietLogger } from '../support/quiet-logger.ts';

const batch: FeedBatch<Note> = { items: notes(3), complete: true };

/** A listener that is given batches and delivers them when the test says so. */
class NotesListener extends FeedListener<Note, string> {
  readonly batches: FeedBatch<Note>[] = [];
  readonly given = Promise.withResolvers<void>();
  readonly delivered = Promise.withResolvers<void>();
  key = ({ id }: Note): string => {
    if (typeof id !== 'string') throw new Error('no key');
    return id;
  };
  channels = (): string[] => [];
  override enrich = async (): Promise<string> => '';
  message = (): object => ({});

  override run = (given: FeedBatch<Note>): Promise<void> => {
    this.batches.push(given);
    this.given.resolve();
    return this.delivered.promise;
  };
}

const listener = (): NotesListener => container.stores.get('listeners').get('notes') as NotesListener;

/** A polled feed with a loaded listener. It is polled once, unless it takes more than an hour. */
async function loadFeed(changes: Partial<PolledFeed> = {}) {
  const logger = new QuietLogger();
  const seen = { enabled: false };
  const options = { intents: [], baseUserDirectory: null, logger: { instance: logger }, seen };
  // Or else this client would take them away from those of other tests.
  await prepareCorePieces(framework);
  const client = new SapphireClient(options);
  onTestFinished(() => client.destroy());
  await container.stores.loadPiece({ name: 'notes', piece: NotesListener, store: 'listeners' });
  await container.stores.load();
  const feed: PolledFeed = { name: 'notes', everyMs: 3_600_000, fetch: async () => batch, ...changes };
  const stop = new AbortController();
  return { feed, logger, stop };
}

/** Polls until the first line of the event is logged, and returns its fields. */
async function pollUntil(event: string, feed: PolledFeed, logger: QuietLogger, stop: AbortController) {
  const polling = pollFeed(feed, stop.signal);
  while (logger.of(event).length === 0) await nextTurn();
  stop.abort();
  await polling;
  return logger.of(event)[0]?.fields;
}

test('each batch goes to the listener of the same name, and the poll lasts until it has been delivered', async () => {
  const { feed, stop } = await loadFeed();
  let isOver = false;
  const polling = pollFeed(feed, stop.signal).then(() => (isOver = true));
  await listener().given.promise;
  expect(listener().batches).toEqual([{ ...batch, listedAt: expect.any(Date) }]);
  stop.abort();
  await nextTurn();
  expect(isOver).toBe(false);
  listener().delivered.resolve();
  await polling;
  expect(listener().batches).toHaveLength(1);
});

test('an error of the listener is logged with the name of the feed, and ends the poll only', async () => {
  const { feed, logger, stop } = await loadFeed();
  const error = new Error('no luck');
  listener().delivered.reject(error);
  expect(await pollUntil('feed_poll_failed', feed, logger, stop)).toEqual({ feed: 'notes', error });
});

test('a feed whose listener was not loaded is named in the log', async () => {
  const { feed, logger, stop } = await loadFeed({ name: 'news' });
  const failure = await pollUntil('feed_poll_failed', feed, logger, stop);
  expect(failure).toMatchObject({ feed: 'news', error: new Error('The listener "news" was not loaded.') });
});

test('a source that fails is logged, and its listener gets an empty batch that says so', async () => {
  const error = new Error('503');
  const { feed, logger, stop } = await loadFeed({ fetch: () => Promise.reject(error) });
  listener().delivered.resolve();
  expect(await pollUntil('feed_poll_failed', feed, logger, stop)).toEqual({ feed: 'notes', error });
  expect(listener().batches).toEqual([{ items: [], complete: false, error, listedAt: expect.any(Date) }]);
});

test('a source that the end of the bot broke off did not fail', async () => {
  const stopper = new AbortController();
  const fetch = async (): Promise<never> => {
    stopper.abort();
    throw new Error('aborted');
  };
  const { feed, logger } = await loadFeed({ fetch });
  await pollFeed(feed, stopper.signal);
  expect(listener().batches).toEqual([]);
  expect(logger.events()).not.toContain('feed_poll_failed');
});

test('a batch that arrives after the bot was stopped is not delivered', async () => {
  const stopper = new AbortController();
  const fetch = async (): Promise<FeedBatch<Note>> => {
    stopper.abort();
    return batch;
  };
  const { feed, logger } = await loadFeed({ fetch });
  await pollFeed(feed, stopper.signal);
  expect(listener().batches).toEqual([]);
  expect(logger.events()).not.toContain('feed_poll_failed');
});

describe('a delivery that takes longer than the time to the next poll', () => {
  /** Polls each minute, of a source that lists what the test says, while the first batch is being delivered. */
  async function pollDuringDelivery(...later: FeedBatch<Note>[]) {
    const clock = new ManualClock();
    let polls = 0;
    const fetch = async (): Promise<FeedBatch<Note>> => [batch, ...later][polls++] ?? { items: [], complete: true };
    const { feed, stop, logger } = await loadFeed({ everyMs: 60_000, fetch });
    const polling = pollFeed(feed, stop.signal, clock);
    await listener().given.promise;
    for (let poll = 0; poll < later.length; poll += 1) {
      await clock.whenSleeping();
      await clock.advance(60_000);
    }
    await clock.whenSleeping();
    const end = async (): Promise<void> => {
      stop.abort();
      await polling;
    };
    const deliverNext = async (): Promise<FeedBatch<Note> | undefined> => {
      const { batches, delivered } = listener();
      const given = batches.length;
      delivered.resolve();
      while (batches.length === given) await nextTurn();
      await end();
      return batches.at(-1);
    };
    return { polls, deliverNext, end, logger, clock, startedAt: clock.now() - later.length * 60_000 };
  }

  test('keeps no poll waiting, and none is skipped', async () => {
    const { polls, logger, deliverNext } = await pollDuringDelivery(batch, batch, batch);
    expect(polls).toBe(4);
    expect(listener().batches).toHaveLength(1);
    await deliverNext();
    expect(logger.events()).not.toContain('feed_poll_skipped');
  });

  test('is followed by one batch of all that was listed meanwhile, each item with the time of its first listing', async () => {
    const changed = { id: 'n4', aliases: ['other'] };
    const { deliverNext, startedAt } = await pollDuringDelivery(
      { items: [{ id: 'n1' }, { id: 'n4' }], complete: true },
      { items: [changed, { id: 'n5' }], complete: false },
    );
    const [one, two] = [startedAt + 60_000, startedAt + 120_000].map((time) => new Date(time));
    expect(await deliverNext()).toEqual({
      items: [{ id: 'n1' }, changed, { id: 'n5' }],
      complete: true,
      listedAt: [one, one, two],
    });
  });

  test('does not hide that the source has failed since, nor loses what it had listed', async () => {
    const error = new Error('503');
    const { deliverNext } = await pollDuringDelivery(
      { items: notes(2), complete: true },
      { items: [], complete: false, error },
    );
    expect(await deliverNext()).toMatchObject({ items: notes(2), complete: true, error });
  });

  test.for([
    ['complete', true],
    ['incomplete', false],
  ] as const)('keeps what an %s list was asked for, when the source fails after it', async ([, complete]) => {
    const asked: FeedBatch<Note> = { items: notes(2), complete, categories: ['8-K', '4'] };
    const failed: FeedBatch<Note> = { items: [], complete: false, error: new Error('503') };
    const after = await pollDuringDelivery(asked, failed);
    expect(await after.deliverNext()).toMatchObject({ items: notes(2), complete, categories: ['8-K', '4'] });
    const before = await pollDuringDelivery(failed, asked);
    expect(await before.deliverNext()).toMatchObject({ items: notes(2), complete, categories: ['8-K', '4'] });
  });

  test('counts as complete for nothing but what the complete list was asked for', async () => {
    const { deliverNext } = await pollDuringDelivery(
      { items: notes(1), complete: true, categories: ['8-K'] },
      { items: notes(2), complete: false, categories: ['8-K', '4'] },
    );
    expect(await deliverNext()).toMatchObject({ complete: true, categories: ['8-K'] });
  });

  test('tells no more of a failure after which the source answered', async () => {
    const { deliverNext } = await pollDuringDelivery(
      { items: [], complete: false, error: new Error('503') },
      { items: notes(1), complete: true },
    );
    const next = await deliverNext();
    expect(next).toMatchObject({ items: notes(1), complete: true });
    expect(next?.error).toBeUndefined();
  });

  test('leaves items without a key to the feed, which refuses them', async () => {
    const broken = { id: 1n } as unknown as Note;
    const { deliverNext } = await pollDuringDelivery(
      { items: [broken], complete: true },
      { items: notes(1), complete: true },
    );
    expect(await deliverNext()).toMatchObject({ items: [broken, ...notes(1)] });
  });

  test('is the last one when the bot stops: what waits is given to nobody', async () => {
    const { end } = await pollDuringDelivery(batch);
    const ending = end();
    listener().delivered.resolve();
    await ending;
    expect(listener().batches).toHaveLength(1);
  });
});
