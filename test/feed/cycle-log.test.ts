// What a feed logs of its cycles, and of a channel that fails.
import { REST } from 'discord.js';
import { expect, test } from 'vitest';

import { checkChannel, FeedChannelError } from '../../src/index.ts';
import { createsMessage, ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { localDiscord } from '../support/local-discord.ts';
import { NoteFeed, notes } from '../support/notes.ts';
import { listed, startHeld } from './held-flood.ts';

const levels = ({ logger }: DeliveryHarness): string[] => logger.of('feed_cycle_finished').map(({ level }) => level);

test('the end of a cycle is news where something happened, and its start never is', async () => {
  const harness = await DeliveryHarness.start();
  await harness.deliver(notes(2));
  await harness.deliver(notes(2));
  await harness.deliver([]);
  await harness.deliver(notes(3));
  expect(levels(harness)).toEqual(['info', 'debug', 'debug', 'info']);
  expect(harness.logger.of('feed_cycle_started').map(({ level }) => level)).toEqual(Array(4).fill('debug'));
});

test('a feed that tells of each start in its own words is told of each end', async () => {
  const feed = Object.assign(new NoteFeed(), {
    logStart: ({ total }: { total: number }, logger: { info: (text: string) => void }) =>
      logger.info(`looked at ${total}`),
  });
  const harness = await DeliveryHarness.start({ feed });
  await harness.deliver(notes(1));
  await harness.deliver(notes(1));
  const isOfCycle = (event: string): boolean => /^(looked at|feed_cycle)/.test(event);
  expect(
    harness.logger.lines.filter(({ event }) => isOfCycle(event)).map(({ level, event }) => `${level} ${event}`),
  ).toEqual(['info looked at 1', 'info feed_cycle_finished', 'info looked at 1', 'info feed_cycle_finished']);
});

test('a hold is news once, while it goes on', async () => {
  const harness = await startHeld();
  const before = levels(harness).length;
  await harness.deliver(listed);
  await harness.deliver(listed);
  expect(levels(harness).slice(before - 1)).toEqual(['info', 'debug', 'debug']);
});

test('a logger that throws keeps nothing from being posted', async () => {
  const harness = await DeliveryHarness.start();
  const fail = (): never => {
    throw new Error('disk full');
  };
  Object.assign(harness.logger, { debug: fail, info: fail, warn: fail, error: fail });
  expect(await harness.deliver(notes(1))).toMatchObject({ posted: 1 });
});

test('the reason of an item that waits for Discord names the channel and the request', async () => {
  const harness = await DeliveryHarness.start();
  harness.discord.faults = (request) =>
    createsMessage(ids.announcements)(request)
      ? { kind: 'status', status: 403, body: { code: 999_999, message: 'No' } }
      : undefined;
  await harness.deliver(notes(1));
  const route = `POST /channels/${ids.announcements}/messages, status 403, code 999999`;
  expect(harness.logger.of('feed_item_retry')).toMatchObject([
    { fields: { feed: 'notes', id: 'n1', error: `channel ${ids.announcements}: No (${route})` } },
  ]);
});

test('a channel that cannot be checked is named by the error', async () => {
  const discord = await localDiscord();
  const failure: unknown = await checkChannel(
    new REST({ api: discord.api, version: '10' }).setToken('wrong'),
    ids.announcements,
  ).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(FeedChannelError);
  expect(failure).toMatchObject({ channelId: ids.announcements, cause: { status: 401 } });
  expect(String(failure)).toContain(`The channel ${ids.announcements} could not be checked: `);
});

test('an object in the place of a channel’s id is named by its own', async () => {
  class TextChannel {
    readonly id = ids.general;
  }
  const feed = Object.assign(new NoteFeed(), { channels: () => [new TextChannel()] });
  const harness = await DeliveryHarness.start({ feed: feed as unknown as NoteFeed });
  await harness.deliver(notes(1));
  const problem = `one of them is a value of type TextChannel with the id "${ids.general}".`;
  expect(harness.logger.of('feed_item_broken')).toMatchObject([
    { fields: { feed: 'notes', error: { message: expect.stringContaining(problem) } } },
  ]);
});
