// A database that has lost what it acknowledged: a failover to a server that had not received it, or a restored copy.
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { parseHoldButton } from '../../src/commands/views/hold-question.ts';
import { SharedHistory } from '../../src/feed/discord/doubt/shared-history.ts';
import type { MessageBody } from '../../src/index.ts';
import { buttonsOf, ids } from '../../local/discord/index.ts';
import { DeliveryHarness, type HarnessOptions } from '../support/delivery-harness.ts';
import { keepCopy } from '../support/earlier-copy.ts';
import { NoteFeed, notes, type Note, type Summary } from '../support/notes.ts';
import { DAY_MS, HOUR_MS, LATER_MS, MINUTE_MS } from '../support/times.ts';

const CHANNEL = ids.announcements;
const noFlood = { flood: { share: 1, minimum: 1_000 } };
const old = notes(2, 'old');
/** The notes that a feed lists, with those that it has listed from the start. */
const listed = (count: number): Note[] => [...old, ...notes(count)];

/** A feed whose model words each summary in another way. */
class WordyFeed extends NoteFeed {
  link = (id: string): string => `https://example.com/items/${id}`;
  #asked = 0;

  override summarize({ id }: Note): Promise<Summary> {
    return Promise.resolve({ summary: `Version ${(this.#asked += 1)} of ${id}` });
  }

  override message({ id }: Note, enrichment?: Summary): MessageBody {
    return { embeds: [{ title: 'News', url: this.link(id), description: enrichment?.summary ?? 'No summary yet' }] };
  }
}

interface Losing {
  readonly harness: DeliveryHarness;
  /** Puts back the database as it was before the items were delivered. */
  readonly loseAll: () => void;
}

/** A feed that has delivered its old items; what it delivers from now on can be lost. */
async function start(options: HarnessOptions = {}): Promise<Losing> {
  const harness = await DeliveryHarness.start({ delivery: noFlood, ...options });
  await harness.deliver(old);
  return { harness, loseAll: keepCopy(harness.path) };
}

/** The same, with so many items that were delivered, and whose commits a new process finds lost. */
async function lost(count: number, laterMs: number, options: HarnessOptions = {}): Promise<DeliveryHarness> {
  const { harness, loseAll } = await start(options);
  await harness.deliver(listed(count));
  await harness.clock.advance(laterMs);
  loseAll();
  await harness.restart();
  return harness;
}

const looksInto = ({ discord }: DeliveryHarness, channelId: string = CHANNEL): number =>
  discord.requests.filter(({ method, path }) => method === 'GET' && path.endsWith(`/channels/${channelId}/messages`))
    .length;

describe.each([
  ['at once', 0],
  ['once Discord has forgotten the nonces', LATER_MS],
])('items that were posted, and of which the database knows nothing, listed again %s', (_when, laterMs) => {
  test('are found in the channel by one look, and what is new is posted', async () => {
    const harness = await lost(20, laterMs);
    const before = harness.texts();
    expect(await harness.deliver([...listed(20), ...notes(2, 'new')])).toMatchObject({ posted: 22 });
    expect(harness.texts()).toEqual([...before, 'new1: about new1', 'new2: about new2']);
    expect(looksInto(harness)).toBe(1);
    expect(await harness.store.filterUnseen(listed(20).map(({ id }) => id))).toEqual([]);
    expect(harness.logger.of('seen_store_commits_uncertain')).toMatchObject([
      { level: 'warn', fields: { sign: 'replaced' } },
    ]);
  });

  test('are found by their links, however the model would word them now, which is not even asked', async () => {
    const harness = await lost(5, laterMs, { feed: new WordyFeed() });
    const paid = harness.feed.enriched.length;
    expect(await harness.deliver(listed(6))).toMatchObject({ posted: 6, enriched: 1 });
    expect(harness.discord.messages(CHANNEL)).toHaveLength(2 + 6);
    expect(harness.feed.enriched.slice(paid)).toEqual(['n6']);
  });

  test('are found although the feed makes no message without an enrichment', async () => {
    const feed = new NoteFeed();
    feed.message = ({ id }, enrichment) => ({ content: `${id}: ${(enrichment as Summary).summary}` });
    const harness = await lost(3, laterMs, { feed });
    expect(await harness.deliver(listed(3))).toMatchObject({ posted: 3 });
    expect(harness.creations()).toHaveLength(5);
  });

  test('are found by the process that had posted them, without a look', async () => {
    const { harness, loseAll } = await start();
    await harness.deliver(listed(3));
    await harness.clock.advance(laterMs);
    loseAll();
    // Reads follow the file once a write has noticed.
    await harness.deliver([{ id: 'new' }]);
    const before = looksInto(harness);
    expect(await harness.deliver(listed(3))).toMatchObject({ posted: 3 });
    expect(looksInto(harness)).toBe(before);
    expect(harness.creations()).toHaveLength(6);
  });
});

describe('what was lost of an item', () => {
  test('the intent and the post of an item whose claim is still there: it is found, and committed', async () => {
    const harness = await DeliveryHarness.start();
    const copies: (() => void)[] = [];
    harness.watchSteps(({ step }) => void (step === 'enriched' && copies.push(keepCopy(harness.path))));
    await harness.deliver(notes(1));
    copies[0]?.();
    await harness.clock.advance(LATER_MS);
    await harness.restart();
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(['n1: about n1']);
    expect(await harness.store.isSeen('n1')).toBe(true);
  });

  test('a message that was edited since: it is found by its link', async () => {
    const feed = new WordyFeed();
    const { harness, loseAll } = await start({ feed });
    feed.summarize = () => Promise.reject(new Error('the model is down'));
    await harness.deliver(listed(1));
    const id = harness.discord.messages(CHANNEL).at(-1)?.id ?? '';
    await harness.rest.patch(`/channels/${CHANNEL}/messages/${id}`, {
      body: feed.message({ id: 'n1' }, { summary: 'a late summary' }),
    });
    loseAll();
    await harness.clock.advance(LATER_MS);
    await harness.restart();
    expect(await harness.deliver(listed(1))).toMatchObject({ posted: 1 });
    expect(harness.discord.messages(CHANNEL)).toHaveLength(3);
  });

  test('one of two posts: the channel that lacks it gets it', async () => {
    const { harness, loseAll } = await start();
    await harness.deliver([{ id: 'n1' }]);
    loseAll();
    await harness.clock.advance(LATER_MS);
    await harness.restart();
    const both: Note = { id: 'n1', channels: [CHANNEL, ids.general] };
    expect(await harness.deliver([both])).toMatchObject({ posted: 1 });
    expect(harness.creations()).toHaveLength(3);
    expect(harness.texts(ids.general)).toEqual(['n1: about n1']);
  });

  test('a first run: it is made again, and posts nothing', async () => {
    const harness = await DeliveryHarness.start({ delivery: { firstRun: 'mark' } });
    const loseAll = keepCopy(harness.path);
    expect(await harness.deliver(notes(50))).toMatchObject({ marked: 50 });
    loseAll();
    await harness.restart();
    expect(await harness.deliver(notes(51))).toMatchObject({ marked: 51, posted: 0 });
    expect(await harness.deliver(notes(52))).toMatchObject({ posted: 1 });
  });

  test('more than a feed usually has: the flood breaker asks, and what is posted then is looked for as well', async () => {
    const flood = { share: 0.5, minimum: 10 };
    const harness = await DeliveryHarness.start({ delivery: { flood, adminChannelId: ids.general } });
    for (let cycle = 0; cycle < 4; cycle += 1) await harness.deliver(old);
    const loseAll = keepCopy(harness.path);
    await harness.deliver(listed(9));
    loseAll();
    await harness.restart();
    const listedLater = [...listed(9), ...notes(6, 'new')];
    expect(await harness.deliver(listedLater)).toMatchObject({ held: 15 });
    await harness.clock.advance(2 * DAY_MS);
    const [question] = harness.discord.messages(ids.general);
    const [answer] = (question === undefined ? [] : buttonsOf(question)).map(({ customId }) =>
      parseHoldButton(customId),
    );
    await harness.store.holds.decide(answer?.name ?? '', 'post', ids.homeAdmin);
    await harness.restart();
    expect(await harness.deliver(listedLater)).toMatchObject({ posted: 15 });
    expect(harness.creations()).toHaveLength(2 + 9 + 6);
  });

  test('a claim that is being worked on: its side effects stop, and the item is posted once', async () => {
    const { harness, loseAll } = await start();
    let isDue = true;
    harness.watchSteps(({ step }) => {
      if (!isDue || step !== 'enriched') return;
      isDue = false;
      loseAll();
    });
    expect(await harness.deliver(listed(1))).toMatchObject({ posted: 0 });
    expect(harness.logger.of('feed_claim_lost')).toHaveLength(1);
    expect(harness.creations()).toHaveLength(2);
    expect(await harness.deliver(listed(1))).toMatchObject({ posted: 1 });
    expect(harness.texts().filter((text) => text.startsWith('n1'))).toHaveLength(1);
  });
});

describe('a look for what was lost', () => {
  test('takes no message for an item’s because of links that every message has', async () => {
    const feed = new WordyFeed();
    feed.link = () => 'https://example.com/';
    const harness = await lost(2, LATER_MS, { feed });
    expect(await harness.deliver([...old, ...notes(2, 'new')])).toMatchObject({ posted: 2 });
    expect(harness.discord.messages(CHANNEL)).toHaveLength(2 + 2 + 2);
  });

  test('that cannot get through all messages sends nothing, says so, and leaves it to a person', async () => {
    const harness = await lost(1, LATER_MS);
    const cut = { ageMs: 0, isComplete: false, like: () => Promise.resolve([]) };
    const reading = vi.spyOn(SharedHistory.prototype, 'list').mockResolvedValue(cut);
    onTestFinished(() => reading.mockRestore());
    const posted = harness.creations().length;
    expect(await harness.deliver(listed(1))).toMatchObject({ posted: 0, failed: 1 });
    expect((await harness.store.ledger.find('n1'))?.lastError).toContain('too many messages to look through');
    expect(harness.creations()).toHaveLength(posted);
    await harness.store.ledger.retry();
    await harness.clock.advance(HOUR_MS);
    expect(await harness.deliver(listed(1))).toMatchObject({ posted: 1 });
  });

  test('waits while the history is hidden, and says what to do', async () => {
    const harness = await lost(1, LATER_MS);
    harness.discord.denyChannel(CHANNEL, ['readMessageHistory']);
    expect(await harness.deliver(listed(1))).toMatchObject({ posted: 0 });
    expect((await harness.store.ledger.find('n1'))?.lastError).toContain('Read Message History');
    expect(harness.creations()).toHaveLength(3);
    harness.discord.allowChannel(CHANNEL);
    await harness.clock.advance(HOUR_MS);
    expect(await harness.deliver(listed(1))).toMatchObject({ posted: 1 });
    expect(harness.creations()).toHaveLength(3);
  });

  test('is made for every item that is listed for the first time in the first reading of the feed, however late', async () => {
    const harness = await lost(3, 0);
    expect(await harness.deliver([])).toMatchObject({ posted: 0 });
    await harness.clock.advance(DAY_MS);
    expect(await harness.deliver(listed(3))).toMatchObject({ posted: 3 });
    expect(harness.creations()).toHaveLength(5);
  });

  test('is made no more for what is listed after that, an hour later', async () => {
    const harness = await lost(3, 0);
    await harness.clock.advance(MINUTE_MS);
    await harness.deliver(listed(3));
    const before = looksInto(harness);
    await harness.clock.advance(HOUR_MS + 1);
    expect(await harness.deliver(listed(6))).toMatchObject({ posted: 3 });
    expect(looksInto(harness)).toBe(before);
  });

  test('reads a channel once a minute at most, and then what came since', async () => {
    const harness = await lost(2, 0);
    for (let count = 0; count < 250; count += 1) harness.discord.say(ids.member, CHANNEL, `chat ${count}`);
    await harness.clock.advance(10 * MINUTE_MS);
    await harness.deliver(listed(2));
    await harness.deliver(listed(4));
    expect(looksInto(harness)).toBe(3);
    await harness.clock.advance(2 * MINUTE_MS);
    await harness.deliver(listed(6));
    expect(looksInto(harness)).toBe(4);
    expect(harness.creations()).toHaveLength(8);
  });
});

describe('threads of a forum that were begun, and of which the database knows nothing', () => {
  class ForumFeed extends NoteFeed {
    thread({ id }: Note) {
      return { name: `Note ${id}` };
    }
  }
  const inForum = (count: number): Note[] => notes(count, 'n', { channels: [ids.forum] });
  const threads = ({ discord }: DeliveryHarness): number =>
    discord.requests.filter(({ method, path }) => method === 'POST' && path.endsWith(`/${ids.forum}/threads`)).length;

  test('are found, and a new item waits until no request of before can be under way', async () => {
    const { harness, loseAll } = await start({ feed: new ForumFeed() });
    await harness.deliver(inForum(3));
    loseAll();
    await harness.restart();
    const before = threads(harness);
    expect(await harness.deliver(inForum(4))).toMatchObject({ posted: 3 });
    await harness.clock.advance(5 * MINUTE_MS);
    expect(await harness.deliver(inForum(4))).toMatchObject({ posted: 1 });
    expect(threads(harness)).toBe(before + 1);
    const lists = harness.discord.requests.filter(({ path }) => path.endsWith('/threads/active'));
    // Two looks, each of which lists them twice.
    expect(lists).toHaveLength(4);
  });
});
