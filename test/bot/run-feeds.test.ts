import { setImmediate as nextTurn } from 'node:timers/promises';
import { container } from '@sapphire/framework';
import { expect, onTestFinished, test } from 'vitest';

import type { BotClient } from '../../src/bot/client.ts';
import type { PolledFeed } from '../../src/bot/polled-feed.ts';
import { runFeeds } from '../../src/bot/run-feeds.ts';
import { QuietLogger } from '../support/quiet-logger.ts';

/** A client that has no feeds, and ends as it is told to. */
function endings(logger: QuietLogger): { readonly client: BotClient; readonly ended: string[] } {
  const ended: string[] = [];
  const { logger: before, stores, client: earlier } = container;
  onTestFinished(() => void Object.assign(container, { logger: before, stores, client: earlier }));
  const none = { get: () => undefined };
  // Without a client, nobody elects who polls.
  Object.assign(container, { logger, stores: { get: () => none }, client: undefined });
  const client = { destroy: async () => ended.push('client'), logger, options: {} };
  return { client: client as unknown as BotClient, ended };
}

const unreadable: PolledFeed = {
  name: 'notes',
  everyMs: 60_000,
  fetch: () => Promise.reject(new Error('no network')),
};

test('a bot whose polling fails ends its client, and fails with that error', async () => {
  const logger = new QuietLogger();
  const { client, ended } = endings(logger);
  const failing = runFeeds(new AbortController().signal, client, [{ ...unreadable, everyMs: 0 }]);
  await expect(failing).rejects.toThrow('everyMs of poll() must be a number above 0, but is 0.');
  expect([ended, logger.of('bot_stopped')]).toEqual([['client'], []]);
});

test('a bot without a feed runs until it is stopped', async () => {
  const logger = new QuietLogger();
  const { client, ended } = endings(logger);
  const stop = new AbortController();
  const running = runFeeds(stop.signal, client, []);
  await nextTurn();
  expect(ended).toEqual([]);
  stop.abort();
  await running;
  expect([ended, logger.of('bot_stopped')]).toMatchObject([['client'], [{ level: 'info' }]]);
});
