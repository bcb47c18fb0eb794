// The gateway tells a bot of its own messages, with the nonce, even where the answer to the request was lost.
import { join } from 'node:path';
import { GatewayIntentBits, type Client } from 'discord.js';
import { describe, expect, onTestFinished, test } from 'vitest';

import { OwnMessages } from '../../src/feed/discord/rest/own-messages.ts';
import { messageNonce } from '../../src/feed/discord/message/nonce.ts';
import { Delivery } from '../../src/feed/pipeline.ts';
import { openSeenStore, silentLogger, type Cycle, type SeenStore } from '../../src/store/index.ts';
import { createsMessage, ids, type LocalDiscord } from '../../local/discord/index.ts';
import { connect, localDiscord } from '../support/local-discord.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { NoteFeed, type Note, type Summary } from '../support/notes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { LATER_MS } from '../support/times.ts';

const CHANNEL = ids.announcements;
const isCreation = createsMessage(CHANNEL);

interface Bot {
  readonly discord: LocalDiscord;
  readonly client: Client<true>;
  readonly clock: ManualClock;
  readonly store: SeenStore;
  readonly delivery: Delivery<Note, Summary>;
  deliver(...ids: string[]): Promise<Cycle>;
}

async function startBot(intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages]): Promise<Bot> {
  const clock = new ManualClock();
  const discord = await localDiscord({ clock });
  const client = await connect(discord, { intents });
  const store = await openSeenStore({ path: join(temporaryFolder(), 'seen.sqlite'), clock });
  onTestFinished(() => store.close());
  const { rest } = client;
  const options = { firstRun: 'post' } as const;
  const context = { feed: new NoteFeed(), store, rest, client, clock, logger: silentLogger, options };
  const delivery = new Delivery<Note, Summary>(context);
  const deliver = (...names: string[]) =>
    delivery.run({ items: names.map((id) => ({ id })), complete: true }, new AbortController().signal);
  return { discord, client, clock, store, delivery, deliver };
}

const nonceOf = (id: string): string => messageNonce(id, CHANNEL);

/** Loses the answer to the next creation, though Discord applies it. */
function loseAnswer({ discord }: Bot): void {
  discord.faults = (request) => (isCreation(request) ? { kind: 'disconnect', applied: true } : undefined);
}

const heard = async ({ client }: Bot, id: string): Promise<void> => {
  await expect.poll(() => OwnMessages.of(client.rest).find(nonceOf(id))).toBeDefined();
};

describe('a message that the gateway told of', () => {
  test('settles a request in doubt by the next attempt, with its id and without another request', async () => {
    const bot = await startBot();
    loseAnswer(bot);
    const first = await bot.deliver('n1');
    await heard(bot, 'n1');
    // Neither the nonce nor the history could help any more.
    bot.discord.denyChannel(CHANNEL, ['readMessageHistory', 'sendMessages']);
    await bot.clock.advance(LATER_MS);
    const { length } = bot.discord.requests;
    const second = await bot.deliver();
    // It may have been heard before the connection was found to be broken.
    expect(first.posted + second.posted).toBe(1);
    expect(bot.discord.requests).toHaveLength(length);
    const [message] = bot.discord.messages(CHANNEL);
    expect(await bot.store.ledger.find('n1')).toMatchObject({ posts: [{ state: 'posted', messageId: message?.id }] });
  });

  test('settles it at once where it was heard before the request failed', async () => {
    const bot = await startBot();
    bot.discord.faults = (request) => (isCreation(request) ? { kind: 'timeout', applied: true } : undefined);
    const delivering = bot.deliver('n1');
    await heard(bot, 'n1');
    await bot.clock.advance(45_000);
    expect(await delivering).toMatchObject({ posted: 1 });
    expect(bot.discord.messages(CHANNEL)).toHaveLength(1);
  });

  test('is not taken for another item’s with the same words', async () => {
    const bot = await startBot();
    const feed = new NoteFeed();
    feed.message = () => ({ content: 'the same words' });
    const { client, store, clock } = bot;
    const context = { feed, store, rest: client.rest, client, clock, logger: silentLogger };
    const delivery = new Delivery<Note, Summary>({ ...context, options: { firstRun: 'post' } });
    const deliver = (items: Note[]) => delivery.run({ items, complete: true }, new AbortController().signal);
    bot.discord.faults = (request) => (isCreation(request) ? { kind: 'disconnect', applied: false } : undefined);
    await deliver([{ id: 'n1' }]);
    bot.discord.faults = undefined;
    await bot.clock.advance(1_000);
    await client.rest.post(`/channels/${CHANNEL}/messages`, {
      body: { content: 'the same words', nonce: nonceOf('x') },
    });
    await heard(bot, 'x');
    await bot.clock.advance(LATER_MS);
    expect(await deliver([])).toMatchObject({ posted: 1 });
    expect(bot.discord.messages(CHANNEL)).toHaveLength(2);
  });
});

test('an item that begins anew is not settled by the message that it had before', async () => {
  const bot = await startBot();
  await bot.deliver('n1');
  await heard(bot, 'n1');
  await bot.store.purge({ olderThan: new Date(bot.clock.now() + 1_000) });
  await bot.clock.advance(LATER_MS);
  bot.discord.faults = (request) => (isCreation(request) ? { kind: 'disconnect', applied: false } : undefined);
  expect(await bot.deliver('n1')).toMatchObject({ posted: 0 });
});

test('without the intent nothing is heard, and the nonce still makes one message', async () => {
  const bot = await startBot([GatewayIntentBits.Guilds]);
  loseAnswer(bot);
  await bot.deliver('n1');
  bot.discord.faults = undefined;
  await bot.clock.advance(60_000);
  expect(await bot.deliver()).toMatchObject({ posted: 1 });
  expect(bot.discord.messages(CHANNEL)).toHaveLength(1);
});

describe('what is heard of a message', () => {
  function listening() {
    const own = OwnMessages.of({} as never);
    const listeners: ((packet: object) => void)[] = [];
    const client = {
      user: { id: ids.bot },
      on: (_: string, listener: (packet: object) => void) => listeners.push(listener),
    };
    own.listenTo(client as never);
    own.listenTo(client as never);
    const hear = (packet: object) => listeners.forEach((listener) => listener(packet));
    return { own, hear, listeners };
  }

  const packet = { t: 'MESSAGE_CREATE', d: { id: '1', nonce: 'a', author: { id: ids.bot } } };

  test('is listened for once', () => {
    expect(listening().listeners).toHaveLength(1);
  });

  test.each([
    ['of another author', { ...packet, d: { ...packet.d, author: { id: ids.member } } }],
    ['without a nonce', { ...packet, d: { ...packet.d, nonce: undefined } }],
    ['of another event', { ...packet, t: 'MESSAGE_UPDATE' }],
    ['without content', { t: 'RESUMED', d: null }],
  ])('counts for nothing: a packet %s', (_, other) => {
    const { own, hear } = listening();
    hear(other);
    expect(own.find('a')).toBeUndefined();
  });

  test('is forgotten for the nonce that begins anew, and still no other item’s, within the same bounds', () => {
    const { own, hear } = listening();
    hear(packet);
    own.forget('a');
    expect(own.find('a')).toBeUndefined();
    expect(own.isOfAnother('b', '1')).toBe(true);
    for (let count = 0; count < 10_000; count += 1) {
      own.note('a', `m${count}`);
      own.forget('a');
    }
    expect(own.isOfAnother('b', '1')).toBe(false);
    expect(own.isOfAnother('b', 'm0')).toBe(true);
  });

  test('is remembered within bounds, the latest first', () => {
    const { own, hear } = listening();
    hear(packet);
    expect(own.find('a')).toBe('1');
    expect(own.isOfAnother('b', '1')).toBe(true);
    expect(own.isOfAnother('a', '1')).toBe(false);
    for (let count = 0; count < 10_000; count += 1) own.note(`n${count}`, `m${count}`);
    expect(own.find('a')).toBeUndefined();
    expect(own.isOfAnother('b', '1')).toBe(false);
    expect(own.find('n9999')).toBe('m9999');
  });
});
