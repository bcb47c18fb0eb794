// discord.js may wait for an hour after a 429, and for a connection that hangs. The feed does not.
import { globSync, readFileSync } from 'node:fs';
import { REST } from 'discord.js';
import { describe, expect, onTestFinished, test } from 'vitest';

import { checkChannel } from '../../src/feed/discord/channels/check-channel.ts';
import { messageNonce } from '../../src/feed/discord/message/nonce.ts';
import { OwnMessages } from '../../src/feed/discord/rest/own-messages.ts';
import { REQUEST_TIMEOUT_MS } from '../../src/feed/discord/rest/ask.ts';
import { send } from '../../src/feed/discord/message/send.ts';
import { createsMessage, ids, type IncomingRequest } from '../../local/discord/index.ts';
import { DeliveryHarness, type HarnessOptions } from '../support/delivery-harness.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { localDiscord } from '../support/local-discord.ts';
import { NoteFeed } from '../support/notes.ts';
import { LATER_MS, MINUTE_MS } from '../support/times.ts';

const hang = { kind: 'timeout', applied: false } as const;
const reads = (pattern: RegExp) => (request: IncomingRequest) => request.method === 'GET' && pattern.test(request.path);

test('every request of the feed carries the signal of a time limit', () => {
  const calls = globSync('src/feed/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\brest\.(?:get|post|put|patch|delete)\([^;]*?;/gs)].map(([call]) => call),
  );
  expect(calls.length).toBeGreaterThan(10);
  expect(calls.filter((call) => !/\bsignal\b/.test(call))).toEqual([]);
});

/** An item in doubt in a channel, whose nonce is forgotten; the process that has sent it is dead. */
async function inDoubt(channel: string, options: HarnessOptions = {}): Promise<DeliveryHarness> {
  const harness = await DeliveryHarness.start(options);
  harness.discord.faults = (request) => {
    if (request.method !== 'POST') return undefined;
    harness.crash();
    return { kind: 'disconnect', applied: false };
  };
  await harness.deliver([{ id: 'n1', channels: [channel] }]).catch(() => undefined);
  harness.discord.faults = undefined;
  await harness.clock.advance(LATER_MS);
  await harness.restart();
  return harness;
}

const forumFeed = () => Object.assign(new NoteFeed(), { thread: () => ({ name: 'A note' }) });

describe('a look into a channel ends, and nothing else waits for it, where Discord does not answer', () => {
  test.for<[string, string, RegExp]>([
    ['the history', ids.announcements, /\/messages$/],
    ['a single message', ids.announcements, /\/messages\/\d+$/],
    ['who the bot is', ids.announcements, /\/users\/@me$/],
    ['what kind of channel it is', ids.announcements, /\/channels\/\d+$/],
    ['the archived threads of a forum', ids.forum, /\/threads\/archived\/public$/],
    ['the active threads of a server', ids.forum, /\/threads\/active$/],
  ])('about %s', async ([, channel, pattern]) => {
    const harness = await inDoubt(channel, { feed: forumFeed() });
    harness.discord.faults = (request) => (reads(pattern)(request) ? hang : undefined);
    const delivering = harness.deliver([{ id: 'other', channels: [ids.news] }]);
    await expect.poll(() => harness.store.isSeen('other')).toBe(true);
    await expect.poll(() => harness.discord.requests.some(reads(pattern))).toBe(true);
    const cycle = await harness.clock.drive(delivering, { upTo: REQUEST_TIMEOUT_MS });
    expect(cycle).toMatchObject({ posted: 1 });
    expect(harness.texts(ids.news)).toHaveLength(1);
    expect(await harness.store.ledger.counts()).toEqual({ waiting: 1, active: 0, failed: 0 });
    harness.discord.faults = undefined;
    for (let minute = 0; minute < 12; minute += 1) {
      await harness.clock.advance(MINUTE_MS);
      await harness.deliver([]);
    }
    expect(await harness.store.isSeen('n1')).toBe(true);
  });
});

describe('a check of a channel ends where Discord does not answer', () => {
  test.for<[string, RegExp]>([
    ['the channel', /\/channels\/\d+$/],
    ['the server', /\/guilds\/\d+$/],
    ['the bot', /\/users\/@me$/],
    ['its membership', /\/members\/\d+$/],
  ])('about %s', async ([, pattern]) => {
    const clock = new ManualClock();
    const discord = await localDiscord();
    const rest = new REST({ api: discord.api, version: '10' }).setToken(discord.token);
    discord.faults = (request) => (reads(pattern)(request) ? hang : undefined);
    const checking = checkChannel(rest, ids.announcements, { clock });
    const failure = expect(checking).rejects.toThrow('no answer within 45 s');
    await expect.poll(() => discord.requests.some(reads(pattern))).toBe(true);
    await clock.advance(REQUEST_TIMEOUT_MS);
    await failure;
  });
});

describe('a message that the gateway tells of', () => {
  const nonce = messageNonce('n1', ids.announcements);

  test.each([
    ['while its channel is looked into', /\/messages$/],
    ['while the bot finds out who it is', /\/users\/@me$/],
  ])('%s is the item’s, and no second one is made', async (_, pattern) => {
    const harness = await inDoubt(ids.announcements);
    harness.discord.faults = (request) => {
      if (reads(pattern)(request)) OwnMessages.of(harness.rest).note(nonce, '123456789012345678');
      return undefined;
    };
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.creations()).toHaveLength(1);
    const entry = await harness.store.ledger.find('n1');
    expect(entry?.posts).toMatchObject([{ state: 'posted', messageId: '123456789012345678' }]);
  });

  test('while its history may not be read is the item’s as well', async () => {
    const harness = await inDoubt(ids.announcements);
    harness.discord.denyChannel(ids.announcements, ['readMessageHistory']);
    harness.discord.faults = (request) => {
      if (reads(/\/messages\/\d+$/)(request)) OwnMessages.of(harness.rest).note(nonce, '123456789012345678');
      return undefined;
    };
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.creations()).toHaveLength(1);
  });

  test('after the look, while the request is prepared, needs no request', async () => {
    const discord = await localDiscord();
    const rest = new REST({ api: discord.api, version: '10' }).setToken(discord.token);
    onTestFinished(() => OwnMessages.of(rest).forget(nonce));
    OwnMessages.of(rest).note(nonce, '123456789012345678');
    const sender = { rest, clock: new ManualClock() };
    const answer = await send(sender, 'n1', ids.announcements, { content: 'n1' });
    expect(answer).toEqual({ messageId: '123456789012345678' });
    expect(discord.requests.filter(createsMessage(ids.announcements))).toEqual([]);
  });
});
