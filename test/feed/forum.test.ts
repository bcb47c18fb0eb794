import { describe, expect, test } from 'vitest';

import type { ForumThread, MessageBody } from '../../src/index.ts';
import { failNext, ids, type Fault, type IncomingRequest } from '../../local/discord/index.ts';
import { DeliveryHarness, type HarnessOptions } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note, type Summary } from '../support/notes.ts';

const makesThread = ({ method, path }: IncomingRequest): boolean =>
  method === 'POST' && path.endsWith(`/channels/${ids.forum}/threads`);

const inForum = (count: number, prefix = 'n'): Note[] => notes(count, prefix, { channels: [ids.forum] });

/** A feed of posts for the forum, with titles of its own where a test gives them. */
class ForumFeed extends NoteFeed {
  titleOf: (note: Note) => string = ({ id }) => `Note ${id}`;
  more: Partial<ForumThread> = {};

  thread(note: Note): ForumThread {
    return { name: this.titleOf(note), ...this.more };
  }
}

const start = (options: HarnessOptions = {}): Promise<DeliveryHarness> =>
  DeliveryHarness.start({ feed: new ForumFeed(), ...options });

interface Thread {
  readonly id: string;
  readonly name: string;
  readonly parent_id: string;
  readonly applied_tags?: readonly string[];
  readonly thread_metadata: { readonly auto_archive_duration: number };
}

/** The open threads of the forum, oldest first. */
async function threadsOf({ rest, discord }: DeliveryHarness): Promise<readonly Thread[]> {
  const { faults } = discord;
  discord.faults = undefined;
  const { threads } = (await rest.get(`/guilds/${ids.home}/threads/active`)) as { threads: Thread[] };
  discord.faults = faults;
  return threads.filter(({ parent_id: parent }) => parent === ids.forum).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const namesOf = async (harness: DeliveryHarness): Promise<string[]> =>
  (await threadsOf(harness)).map(({ name }) => name);

/** Runs cycles without news for a quarter of an hour. */
async function wait(harness: DeliveryHarness, { minutes = 15 } = {}): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await harness.clock.advance(60_000);
    await harness.deliver([]);
  }
}

describe('a forum', () => {
  test('each item becomes a thread with the title of the feed, in order, and the ledger knows its first message', async () => {
    const harness = await start();
    expect(await harness.deliver(inForum(3))).toMatchObject({ posted: 3, failed: 0 });
    const threads = await threadsOf(harness);
    expect(threads.map(({ name }) => name)).toEqual(['Note n1', 'Note n2', 'Note n3']);
    expect(harness.texts(threads[0]?.id)).toEqual(['n1: about n1']);
    const entry = await harness.store.ledger.find('n1');
    expect(entry?.posts).toMatchObject([{ channelId: ids.forum, state: 'posted', messageId: threads[0]?.id }]);
    expect(harness.discord.complaints).toEqual([]);
  });

  test('the kind of the channel is asked for once, and text channels cost no such request', async () => {
    const harness = await start();
    await harness.deliver([...inForum(4), ...notes(4, 'text')]);
    const asked = harness.discord.requests.filter(
      ({ method, path }) => method === 'GET' && /\/channels\/\d+$/.test(path),
    );
    expect(asked).toHaveLength(1);
    expect(harness.creations(ids.forum)).toHaveLength(1);
    expect(harness.texts()).toHaveLength(4);
  });

  test('tags and the time until the thread is hidden come from the feed', async () => {
    const feed = new ForumFeed();
    feed.more = { tagIds: [ids.forumTag], autoArchiveMinutes: 4320 };
    const harness = await start({ feed });
    await harness.deliver(inForum(1));
    expect(await threadsOf(harness)).toMatchObject([{ applied_tags: [ids.forumTag] }]);
    const request = harness.discord.requests.find(makesThread);
    expect(request?.body).toMatchObject({ applied_tags: [ids.forumTag], auto_archive_duration: 4320 });
    expect(harness.discord.complaints).toEqual([]);
  });

  test.for<[string, MessageBody, string]>([
    ['the title of the first embed', { content: 'words', embeds: [{ title: 'Of  the\nembed' }] }, 'Of the embed'],
    ['the first line of the message', { content: '\n  first line \nsecond' }, 'first line'],
    ['the words of an embed without a title', { embeds: [{ description: 'described\nin lines' }] }, 'described'],
    ['a long title, cut between two characters', { content: '👩‍👩‍👧‍👦'.repeat(20) }, `${'👩‍👩‍👧‍👦'.repeat(9)}…`],
  ])('a title that is empty becomes %s', async ([, body, name]) => {
    const harness = await start({ feed: Object.assign(new ForumFeed(), { message: () => body, titleOf: () => '' }) });
    expect(await harness.deliver(inForum(1))).toMatchObject({ posted: 1 });
    expect(await namesOf(harness)).toEqual([name]);
  });

  test.for<[string, MessageBody, string]>([
    ['a message', { content: 'words' }, 'words'],
    ['an embed without a title', { embeds: [{ description: 'described' }] }, 'described'],
    ['an embed with one', { embeds: [{ title: 'Titled' }] }, 'Titled'],
    ['a message that mentions somebody', { content: `<@${ids.member}>\nwrote this` }, 'wrote this'],
  ])('the role to ping is in the post of %s, and not in the title of its thread', async ([, body, name]) => {
    const feed = Object.assign(new ForumFeed(), { message: () => body, titleOf: () => '' });
    const harness = await start({ feed, delivery: { pingRoleId: ids.operatorRole } });
    expect(await harness.deliver(inForum(1))).toMatchObject({ posted: 1 });
    const [thread] = await threadsOf(harness);
    expect(thread?.name).toBe(name);
    expect(harness.texts(thread?.id)[0]).toContain(`<@&${ids.operatorRole}>`);
  });

  test('a title of the feed that Discord would refuse is cut, and an empty one replaced', async () => {
    const feed = new ForumFeed();
    feed.titleOf = ({ id }) => (id === 'n1' ? 'x'.repeat(150) : '  ');
    const harness = await start({ feed });
    await harness.deliver(inForum(2));
    expect(await namesOf(harness)).toEqual([`${'x'.repeat(99)}…`, 'n2: about n2']);
  });

  test('a first message pings nobody unasked', async () => {
    const harness = await start({
      feed: Object.assign(new ForumFeed(), { message: () => ({ content: '@everyone' }) }),
    });
    await harness.deliver(inForum(1));
    const [thread] = await threadsOf(harness);
    expect(harness.discord.messages(thread?.id ?? '')).toMatchObject([{ mention_everyone: false }]);
  });

  test('a forum that demands a tag makes the items wait, and they go out in order once it does not', async () => {
    const harness = await start();
    harness.discord.faults = (request) =>
      makesThread(request)
        ? { kind: 'status', status: 400, body: { code: 40_067, message: 'A tag is required' } }
        : undefined;
    await harness.deliver(inForum(3));
    expect(await harness.store.ledger.counts()).toEqual({ waiting: 3, active: 0, failed: 0 });
    harness.discord.faults = undefined;
    await wait(harness);
    expect(await namesOf(harness)).toEqual(['Note n1', 'Note n2', 'Note n3']);
  });
});

describe('a thread whose request was not answered', () => {
  const answers: readonly [string, Fault, boolean][] = [
    ['applied, then 500', { kind: 'applied-then-500' }, true],
    ['applied, then 502', { kind: 'applied-then-500', status: 502 }, true],
    ['applied, then disconnected', { kind: 'disconnect', applied: true }, true],
    ['not applied, and a page of a proxy', { kind: 'status', status: 502, body: '<html>Bad Gateway</html>' }, false],
    ['not applied, and disconnected', { kind: 'disconnect', applied: false }, false],
  ];

  test.for(answers)('%s: it exists once, and those behind it come after it', async ([, fault, isApplied]) => {
    const harness = await start();
    await harness.deliver(inForum(1, 'before'));
    harness.discord.faults = failNext(1, fault, makesThread);
    await harness.deliver(inForum(3));
    // Discord knows no nonce of a thread: a second try of the same request would make a second one.
    expect(harness.discord.requests.filter(makesThread)).toHaveLength(2);
    expect(await namesOf(harness)).toEqual(['Note before1', ...(isApplied ? ['Note n1'] : [])]);
    await wait(harness);
    expect(await namesOf(harness)).toEqual(['Note before1', 'Note n1', 'Note n2', 'Note n3']);
    expect(await harness.store.filterUnseen(['n1', 'n2', 'n3'])).toEqual([]);
  });

  test.for(answers)('%s, and then a restart: it exists once', async ([, fault]) => {
    const harness = await start();
    harness.discord.faults = failNext(1, fault, makesThread);
    await harness.deliver(inForum(1));
    await harness.restart();
    await harness.deliver([]);
    await wait(harness);
    expect(await namesOf(harness)).toEqual(['Note n1']);
  });

  test('a process that dies between the request and its answer leaves one thread', async () => {
    const harness = await start();
    harness.discord.faults = (request) => {
      if (makesThread(request)) harness.crash();
      return undefined;
    };
    await harness.deliver(inForum(2)).catch(() => undefined);
    harness.discord.faults = undefined;
    await harness.restartAfterLease();
    await harness.deliver([]);
    await wait(harness);
    expect(await namesOf(harness)).toEqual(['Note n1', 'Note n2']);
  });

  test('a thread that was archived since is found', async () => {
    const harness = await start();
    harness.discord.faults = failNext(1, { kind: 'disconnect', applied: true }, makesThread);
    await harness.deliver(inForum(1));
    const [thread] = await threadsOf(harness);
    harness.discord.archiveThread(thread?.id ?? '');
    await wait(harness);
    expect(await namesOf(harness)).toEqual([]);
    expect((await harness.store.ledger.find('n1'))?.posts).toMatchObject([{ state: 'posted', messageId: thread?.id }]);
    expect(harness.discord.requests.filter(makesThread)).toHaveLength(1);
  });

  test.for<[string, (note: Note) => MessageBody]>([
    ['words of its own', ({ id }) => ({ content: `about ${id}` })],
    ['the same words', () => ({ content: 'about the same' })],
  ])('two items with the same title and %s become two threads, whichever request was lost', async ([, message]) => {
    const feed = Object.assign(new ForumFeed(), { message });
    feed.titleOf = () => 'Alike';
    const harness = await start({ feed });
    harness.discord.faults = failNext(1, { kind: 'disconnect', applied: false }, makesThread);
    await harness.deliver(inForum(1, 'lost'));
    await harness.restart();
    harness.discord.faults = failNext(1, { kind: 'disconnect', applied: true }, makesThread);
    await harness.deliver(inForum(1, 'made'));
    await wait(harness, { minutes: 30 });
    expect(await namesOf(harness)).toEqual(['Alike', 'Alike']);
    expect(await harness.store.filterUnseen(['lost1', 'made1'])).toEqual([]);
  });

  test('two items with the same words and titles of their own are told apart by the titles', async () => {
    const feed = Object.assign(new ForumFeed(), { message: () => ({ content: 'the same' }) });
    const harness = await start({ feed });
    await harness.deliver(inForum(1, 'a'));
    harness.discord.faults = failNext(1, { kind: 'disconnect', applied: false }, makesThread);
    await harness.deliver(inForum(1, 'b'));
    await wait(harness);
    expect(await namesOf(harness)).toEqual(['Note a1', 'Note b1']);
  });

  test.each([
    ['nine years', 9 * 365 * 24 * 60],
    ['twenty hours', 20 * 60],
    ['half an hour', 30],
  ])('a clock that was %s ahead, and is set right, blocks the forum no longer than a right one', async (_, minutes) => {
    const harness = await start();
    harness.clock.step(minutes * 60_000);
    const { store } = harness;
    // The process knows nothing of Discord's time, and dies with its request.
    harness.discord.faults = (request) => {
      if (!makesThread(request) || harness.store !== store) return undefined;
      harness.crash();
      return { kind: 'disconnect', applied: false };
    };
    await harness.deliver(inForum(1)).catch(() => undefined);
    harness.clock.step(-minutes * 60_000);
    await harness.restartAfterLease();
    await harness.deliver(inForum(3));
    await wait(harness, { minutes: 20 });
    expect(await namesOf(harness)).toEqual(['Note n1', 'Note n2', 'Note n3']);
  });

  test('of the other threads of the bot not even the first messages are read', async () => {
    const harness = await start();
    await harness.deliver(inForum(12, 'before'));
    harness.discord.faults = failNext(1, { kind: 'disconnect', applied: true }, makesThread);
    await harness.deliver(inForum(1));
    await wait(harness);
    const firstMessages = harness.discord.requests.filter(
      ({ method, path }) => method === 'GET' && /\/channels\/(\d+)\/messages\/\1$/.test(path),
    );
    expect(firstMessages).toHaveLength(1);
    expect((await harness.store.ledger.find('n1'))?.posts).toMatchObject([{ state: 'posted' }]);
  });

  test('while the threads cannot be listed nothing is posted again', async () => {
    const harness = await start();
    harness.discord.faults = failNext(1, { kind: 'disconnect', applied: true }, makesThread);
    await harness.deliver(inForum(1));
    harness.discord.faults = ({ method, path }) =>
      method === 'GET' && path.includes('/threads') ? { kind: 'status', status: 503 } : undefined;
    await wait(harness);
    expect(harness.discord.requests.filter(makesThread)).toHaveLength(1);
    harness.discord.faults = undefined;
    await wait(harness);
    expect(await namesOf(harness)).toEqual(['Note n1']);
    expect(await harness.store.isSeen('n1')).toBe(true);
  });
});

test('a message of a feed with a summary is the first message of its thread, embeds included', async () => {
  class EmbedFeed extends ForumFeed {
    override titleOf = (): string => '';

    override message({ id }: Note, enrichment?: Summary): MessageBody {
      return { embeds: [{ title: `Title of ${id}`, description: enrichment?.summary ?? 'plain' }] };
    }
  }
  const harness = await start({ feed: new EmbedFeed() });
  await harness.deliver(inForum(1));
  const [thread] = await threadsOf(harness);
  expect(thread?.name).toBe('Title of n1');
  expect(harness.discord.messages(thread?.id ?? '')).toMatchObject([{ embeds: [{ description: 'about n1' }] }]);
});
