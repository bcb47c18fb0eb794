// Between any two requests of a look-up, something may change on Discord, or the process may die.
import type { RESTGetAPIGuildThreadsResult } from 'discord.js';
import { expect, test } from 'vitest';

import { SETTLED_MS } from '../../src/feed/discord/doubt/intent-time.ts';
import { SeenStoreClosedError } from '../../src/store/index.ts';
import { ids, type LocalDiscord } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, type Note } from '../support/notes.ts';

class ForumFeed extends NoteFeed {
  thread({ id }: Note) {
    return { name: `Note ${id}` };
  }
}

interface Place {
  readonly channel: string;
  readonly creates: RegExp;
  feed(): NoteFeed;
}

const text: Place = { channel: ids.announcements, creates: /\/messages$/, feed: () => new NoteFeed() };
const forum: Place = { channel: ids.forum, creates: /\/threads$/, feed: () => new ForumFeed() };

/** A process that has died can write nothing more. */
async function unlessItDies(delivering: Promise<unknown>): Promise<void> {
  try {
    await delivering;
  } catch (error) {
    if (!(error instanceof SeenStoreClosedError)) throw error;
  }
}

/** A harness with an item whose message Discord has, while the process died before it knew. */
async function leaveInDoubt({ channel, creates, feed }: Place): Promise<DeliveryHarness> {
  const harness = await DeliveryHarness.start({ feed: feed() });
  harness.discord.faults = ({ method, path }) => {
    if (method !== 'POST' || !creates.test(path)) return undefined;
    harness.crash();
    return { kind: 'disconnect', applied: true };
  };
  await unlessItDies(harness.deliver([{ id: 'n1', channels: [channel] }]));
  harness.discord.faults = undefined;
  return harness;
}

/** A new process takes up the item, once no request of before can be under way. */
async function takeUp(harness: DeliveryHarness): Promise<void> {
  await harness.clock.advance(SETTLED_MS);
  await harness.restart();
  await unlessItDies(harness.deliver([]));
}

const creationsIn = ({ discord }: DeliveryHarness, { creates }: Place): number =>
  discord.requests.filter(({ method, path }) => method === 'POST' && creates.test(path)).length;

/** The message that was sent. In a forum, it has the id of its thread. */
async function messageIn({ rest, discord }: DeliveryHarness, { channel }: Place): Promise<string> {
  const { threads } = (await rest.get(`/guilds/${ids.home}/threads/active`)) as RESTGetAPIGuildThreadsResult;
  const thread = threads.find((one) => 'parent_id' in one && one.parent_id === channel);
  return thread?.id ?? discord.messages(channel)[0]?.id ?? '';
}

interface Scene {
  readonly harness: DeliveryHarness;
  readonly discord: LocalDiscord;
  readonly channel: string;
  readonly message: string;
}

interface Change {
  begin(scene: Scene): void;
  end(scene: Scene): void;
}

const deny = (permission: 'viewChannel' | 'readMessageHistory'): Change => ({
  begin: ({ discord, channel }) => discord.denyChannel(channel, [permission]),
  end: ({ discord, channel }) => discord.allowChannel(channel),
});

const isHidden = deny('viewChannel');
const cannotBeRead = deny('readMessageHistory');

const isArchived: Change = {
  begin: ({ discord, message }) => discord.archiveThread(message),
  end: ({ discord, message }) => discord.reopenThread(message),
};

const dies: Change = { begin: ({ harness }) => harness.crash(), end: () => undefined };

/** Takes up the item while something changes before the request of that number. @returns How many requests were made. */
async function takeUpWhile(scene: Scene, { begin, end }: Change, number: number, lasting: number): Promise<number> {
  const { harness, discord } = scene;
  let requests = 0;
  discord.faults = (): undefined => {
    requests += 1;
    if (requests === number) begin(scene);
    if (requests === number + lasting) end(scene);
  };
  await takeUp(harness);
  discord.faults = undefined;
  if (requests >= number) end(scene);
  return requests;
}

const FOR_GOOD = Infinity;

test.for<[string, string, Place, Change, number]>([
  ['in a text channel', 'it is hidden for one request', text, isHidden, 1],
  ['in a text channel', 'it is hidden from then on', text, isHidden, FOR_GOOD],
  ['in a text channel', 'its history cannot be read for one request', text, cannotBeRead, 1],
  ['in a text channel', 'its history cannot be read from then on', text, cannotBeRead, FOR_GOOD],
  ['in a text channel', 'the process dies', text, dies, FOR_GOOD],
  ['in a forum', 'it is hidden for one request', forum, isHidden, 1],
  ['in a forum', 'it is hidden from then on', forum, isHidden, FOR_GOOD],
  ['in a forum', 'its threads cannot be read for one request', forum, cannotBeRead, 1],
  ['in a forum', 'its threads cannot be read from then on', forum, cannotBeRead, FOR_GOOD],
  ['in a forum', 'the thread is archived for one request', forum, isArchived, 1],
  ['in a forum', 'the thread is archived from then on', forum, isArchived, FOR_GOOD],
  ['in a forum', 'the process dies', forum, dies, FOR_GOOD],
])('a message %s is found, and not sent again, whenever %s', async ([, , place, change, lasting]) => {
  let number = 0;
  let requests: number;
  do {
    number += 1;
    const harness = await leaveInDoubt(place);
    const { discord } = harness;
    const scene = { harness, discord, channel: place.channel, message: await messageIn(harness, place) };
    requests = await takeUpWhile(scene, change, number, lasting);
    await takeUp(harness);
    expect([number, creationsIn(harness, place)]).toEqual([number, 1]);
    expect((await harness.store.ledger.find('n1'))?.posts).toMatchObject([
      { state: 'posted', messageId: scene.message },
    ]);
    expect(await harness.store.isSeen('n1')).toBe(true);
    // The next round begins with a process of its own.
    await harness.store.close();
  } while (requests >= number);
  // One round more than there are requests, and at least what the channel and its messages take.
  expect(number).toBeGreaterThan(3);
});
