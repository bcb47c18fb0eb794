import { setImmediate as nextTurn } from 'node:timers/promises';
import { container, SapphireClient } from '@sapphire/framework';
import { FeedListener, type FeedBatch } from 'sapphire-plugin-seen';
import { expect, onTestFinished, test } from 'vitest';

import { pollFeed, unloadFeed, type PolledFeed } from '../../src/bot/polled-feed.ts';
import { notes, type Note } from '../support/notes.ts';
import { QuietLogger } from '../support/quiet-logger.ts';

const batch: FeedBatch<Note> = { items: notes(3), complete: true };

/** A listener that is given batches and delivers them when the test says so. */
class NotesListener extends FeedListener<Note, string> {
  readonly batches: FeedBatch<Note>[] = [];
  readonly given = Promise.withResolvers<void>();
  readonly delivered = Promise.withResolvers<void>();
  key = ({ id }: Note): string => id;
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
  const options = { intents: [], baseUserDirectory: null, logger: { instance: logger } };
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
  expect(listener().batches).toEqual([batch]);
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
  expect(listener().batches).toEqual([{ items: [], complete: false, error }]);
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

test('unloading a feed unloads its listener, and does nothing where there is none', async () => {
  const { feed } = await loadFeed();
  expect(listener()).toBeInstanceOf(NotesListener);
  await unloadFeed(feed);
  expect(listener()).toBeUndefined();
  await unloadFeed(feed);
});
