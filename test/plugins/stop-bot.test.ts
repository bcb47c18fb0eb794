import { once } from 'node:events';
import { container, SapphireClient, type Listener } from '@sapphire/framework';
import { FeedListener, poll, requireSeenStore, stopBot, systemClock, type SeenStore } from 'sapphire-plugin-seen';
import { DefaultRestOptions } from 'discord.js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { ClientState } from '../../src/container/client-state.ts';
import { addFeed, feedsOf } from '../../src/feed/feeds-of-client.ts';
import type { Clock } from '../../src/store/clock.ts';
import { ids, type LocalDiscord } from '../../local/discord/index.ts';
import { localDiscord } from '../support/local-discord.ts';
import { QuietLogger } from '../support/quiet-logger.ts';
import { logIn, newSapphireClient, startSapphireBot } from '../support/sapphire-bot.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { holdWriteLock } from '../support/write-lock.ts';

const newPath = (): string => `${temporaryFolder()}/seen_ids.sqlite`;
const options = () => ({ path: newPath(), command: false as const });
const logOf = (client: SapphireClient) => client.logger as QuietLogger;

/** Items that were paid for, in any of the bots of a test. */
let paid: string[] = [];
let gate: Promise<void> = Promise.resolve();

class NewsListener extends FeedListener<string, string> {
  constructor(...[context, given]: ConstructorParameters<typeof FeedListener>) {
    super(context, { ...given, firstRun: 'post', maxConcurrent: 1 });
  }
  key = (item: string): string => item;
  channels = (): string[] => [ids.announcements];
  override enrich = async (item: string): Promise<string> => {
    paid.push(item);
    await gate;
    return `about ${item}`;
  };
  message = (_item: string, about = 'plain') => ({ content: about });
}

async function newsBot(discord: Awaited<ReturnType<typeof localDiscord>>, path: string, clock?: Clock) {
  const client = await newSapphireClient(discord, { path, command: false, clock });
  onTestFinished(() => stopBot(client));
  await container.stores.loadPiece({ name: 'news', piece: NewsListener, store: 'listeners' });
  await logIn(client, discord);
  const emit = (...items: string[]): boolean =>
    (client as { emit(event: string, batch: object): boolean }).emit('news', { items, complete: true });
  return { client, emit };
}

test('stopping destroys the client and closes the store, once for all who ask', async () => {
  const { client, store } = await startSapphireBot(await localDiscord(), options());
  const stop = stopBot(client);
  expect(stopBot(client)).toBe(stop);
  await stop;
  expect(client.token).toBeNull();
  expect(container.seen).toBeUndefined();
  await expect(store.markSeen('a')).rejects.toThrow('closed store');
  expect(() => requireSeenStore()).toThrow('The bot was stopped');
  await stopBot(client);
  expect(logOf(client).events()).not.toContain('seen_stop_failed');
});

test('an item under way is posted, the others are given back, and nothing is paid for twice', async () => {
  const [discord, path] = [await localDiscord(), newPath()];
  const { promise, resolve: open } = Promise.withResolvers<void>();
  paid = [];
  gate = promise;
  const { client, emit } = await newsBot(discord, path);
  emit('a', 'b');
  emit('c');
  await expect.poll(() => paid).toEqual(['a']);
  const stop = stopBot(client);
  open();
  await stop;
  expect(discord.messages(ids.announcements).map(({ content }) => content)).toEqual(['about a']);
  expect(emit('d')).toBe(false);
  const again = await newsBot(discord, path);
  again.emit('a', 'b');
  await once(again.client, 'seenCycle');
  expect(discord.messages(ids.announcements).map(({ content }) => content)).toEqual(['about a', 'about b']);
  expect(paid).toEqual(['a', 'b']);
  const errors = [client, again.client].flatMap((one) => logOf(one).lines.filter(({ level }) => level === 'error'));
  expect(errors).toEqual([]);
});

test('a feed that was never loaded is ended as well, and its store is closed after its items', async () => {
  const [discord, path] = [await localDiscord(), newPath()];
  const { promise, resolve: open } = Promise.withResolvers<void>();
  paid = [];
  gate = promise;
  const { client } = await newsBot(discord, path);
  class Failing extends NewsListener {
    override onLoad(): unknown {
      super.onLoad();
      throw new Error('a bug of the bot');
    }
  }
  const failing = container.stores.loadPiece({ name: 'failing', piece: Failing, store: 'listeners' });
  await expect(failing).rejects.toThrow('a bug of the bot');
  (client as { emit(event: string, batch: object): boolean }).emit('failing', { items: ['a', 'b'], complete: true });
  await expect.poll(() => paid).toEqual(['a']);
  const stop = stopBot(client);
  open();
  await stop;
  expect(discord.messages(ids.announcements).map(({ content }) => content)).toEqual(['about a']);
  expect(client.listenerCount('failing')).toBe(0);
  expect(feedsOf(client)).toEqual([]);
});

test('no further item is begun while a stop waits for a login', async () => {
  const discord = await localDiscord();
  const { promise, resolve: open } = Promise.withResolvers<void>();
  const { promise: login, resolve: endLogin } = Promise.withResolvers<void>();
  paid = [];
  gate = promise;
  const { client, emit } = await newsBot(discord, newPath());
  emit('a', 'b');
  await expect.poll(() => paid).toEqual(['a']);
  ClientState.of(client).login = login;
  const stop = stopBot(client);
  open();
  await once(client, 'seenCycle');
  endLogin();
  await stop;
  expect(paid).toEqual(['a']);
});

test('a poll without a signal of its own ends when its bot is stopped', async () => {
  const { client } = await startSapphireBot(await localDiscord(), options());
  let polls = 0;
  const polling = poll(async () => (polls += 1), { feed: 'news', everyMs: 3_600_000 });
  await expect.poll(() => polls).toBe(1);
  await stopBot(client);
  await polling;
  expect(polls).toBe(1);
});

test('a poll that is begun after the bot was stopped says that it polls nothing', async () => {
  const discord = await localDiscord();
  const client = await newSapphireClient(discord, options());
  await stopBot(client);
  let polls = 0;
  const begin = () => poll(async () => (polls += 1), { feed: 'news', everyMs: 3_600_000 });
  await begin();
  expect(polls).toBe(0);
  expect(logOf(client).of('feed_poll_ended')).toMatchObject([{ level: 'warn', fields: { feed: 'news' } }]);
  await client.login(discord.token);
  const polling = begin();
  await expect.poll(() => polls).toBe(1);
  await stopBot(client);
  await polling;
  expect(polls).toBe(1);
  expect(logOf(client).of('feed_poll_ended')).toHaveLength(1);
});

test.for([true, false])('a client that has not logged in is stopped, with enabled: %s', async (enabled) => {
  const client = await newSapphireClient(await localDiscord(), { path: newPath(), enabled });
  await stopBot(client);
  await stopBot(client);
  expect(client.isReady()).toBe(false);
  expect(logOf(client).events()).toEqual([]);
});

test('a client that is stopped while it logs in stays connected to nothing', async () => {
  const discord = await localDiscord();
  const client = await newSapphireClient(discord, options());
  const login = client.login(discord.token);
  await stopBot(client);
  await login;
  await expect.poll(() => discord.connected).toBe(0);
  expect(client.token).toBeNull();
  expect(() => requireSeenStore(client)).toThrow('The bot was stopped');
});

test('a client whose login failed is stopped, and closes its store', async () => {
  const client = await newSapphireClient(await localDiscord(), options());
  await expect(client.login('MTIz.wrong.token')).rejects.toThrow('invalid token');
  const store = requireSeenStore(client);
  await stopBot(client);
  await expect(store.markSeen('a')).rejects.toThrow('closed store');
});

test('a client that was stopped may log in again', async () => {
  const discord = await localDiscord();
  const client = await newSapphireClient(discord, options());
  onTestFinished(() => stopBot(client));
  await stopBot(client);
  await client.login(discord.token);
  expect(await requireSeenStore().isSeen('a')).toBe(false);
});

test('of two clients in one process each is stopped alone', async () => {
  const discord = await localDiscord();
  const one = await startSapphireBot(discord, options());
  const other = await startSapphireBot(discord, options());
  await stopBot(one.client);
  expect(() => requireSeenStore(one.client)).toThrow('The bot was stopped');
  expect(requireSeenStore()).toBe(other.store);
  expect(container.seen).toBe(other.store);
  expect(await other.store.isSeen('a')).toBe(false);
  expect(other.client.isReady()).toBe(true);
});

test('what is no client yet is stopped at once', async () => {
  await expect(stopBot(undefined as unknown as SapphireClient)).resolves.toBeUndefined();
});

/** The machine's clock, on which the limits of a stop are a twentieth as long. */
const quickClock: Clock = { ...systemClock, sleep: (ms, ...rest) => systemClock.sleep(ms / 20, ...rest) };

/** Stops its bot when it is destroyed, which discord.js does itself after a login that failed. */
class SelfStoppingClient extends SapphireClient {
  override async destroy(): Promise<void> {
    await stopBot(this);
    await super.destroy();
  }
}

test.for(['right', 'wrong'])(
  'a client that stops in its own destroy() does not wait for itself: %s token',
  async (kind) => {
    const discord = await localDiscord();
    const logger = new QuietLogger();
    // Loads the core pieces.
    await newSapphireClient(discord, { enabled: false });
    const client = new SelfStoppingClient({
      intents: [],
      baseUserDirectory: null,
      logger: { instance: logger },
      rest: { api: discord.api },
      seen: { ...options(), logger },
    });
    const [{ status }] = await Promise.allSettled([
      client.login(kind === 'right' ? discord.token : 'MTIz.wrong.token'),
    ]);
    expect(status).toBe(kind === 'right' ? 'fulfilled' : 'rejected');
    await client.destroy();
    expect(client.token).toBeNull();
    expect(logger.of('seen_stop_forced')).toEqual([]);
    await expect.poll(() => discord.connected).toBe(0);
  },
);

describe('a login that takes longer than its stop', () => {
  /** A client whose login halts in front of the plugin's part of it. */
  async function newHaltingClient(discord: LocalDiscord, halt: Promise<void>) {
    const { login } = SapphireClient.prototype;
    const slow = vi.spyOn(SapphireClient.prototype, 'login').mockImplementation(async function slowly(
      this: SapphireClient,
      token,
    ) {
      await halt;
      return login.call(this, token);
    });
    onTestFinished(() => slow.mockRestore());
    return newSapphireClient(discord, { ...options(), clock: quickClock });
  }

  test('opens no store, and a later one does', async () => {
    const discord = await localDiscord();
    const { promise: halt, resolve: goOn } = Promise.withResolvers<void>();
    const client = await newHaltingClient(discord, halt);
    const refused = expect(client.login(discord.token)).rejects.toThrow('was stopped while it logged in');
    await stopBot(client);
    const again = client.login(discord.token);
    goOn();
    await refused;
    await again;
    onTestFinished(() => stopBot(client));
    expect(await requireSeenStore(client).isSeen('a')).toBe(false);
    expect(logOf(client).of('seen_store_initialized')).toHaveLength(1);
  });

  test('connects to nothing once Discord answers', async () => {
    const discord = await localDiscord();
    const { promise: halt, resolve: answer } = Promise.withResolvers<void>();
    const asked = vi.fn<(url: string) => void>();
    const makeRequest: typeof DefaultRestOptions.makeRequest = async (url, init) => {
      asked(url);
      await halt;
      return DefaultRestOptions.makeRequest(url, init);
    };
    const rest = { api: discord.api, version: '10', makeRequest };
    const client = await newSapphireClient(discord, { ...options(), clock: quickClock }, { rest });
    const refused = expect(client.login(discord.token)).rejects.toThrow('was stopped while it logged in');
    await expect.poll(() => asked.mock.calls.length).toBe(1);
    await stopBot(client);
    answer();
    await refused;
    expect([client.token, client.ws.shards.size, discord.connected]).toEqual([null, 0, 0]);
  });

  test('closes the store that it opens after that', async () => {
    const discord = await localDiscord();
    const path = newPath();
    const giveBack = await holdWriteLock(path);
    const client = await newSapphireClient(discord, { path, command: false, clock: quickClock });
    const refused = expect(client.login(discord.token)).rejects.toThrow('was stopped while it logged in');
    await stopBot(client);
    expect(logOf(client).of('seen_stop_forced')).toMatchObject([{ fields: { open: ['login', 'store'] } }]);
    await giveBack();
    await refused;
    const store = ClientState.of(client).store;
    await expect(store?.markSeen('a')).rejects.toThrow('closed store');
    expect(container.seen).toBeUndefined();
  });
});

test('a login waits for a stop that is under way', async () => {
  const discord = await localDiscord();
  const client = await newSapphireClient(discord, options());
  onTestFinished(() => stopBot(client));
  const events: string[] = [];
  const stop = stopBot(client).then(() => events.push('stopped'));
  await client.login(discord.token).then(() => events.push('logged in'));
  await stop;
  expect(events).toEqual(['stopped', 'logged in']);
  expect(await requireSeenStore(client).isSeen('a')).toBe(false);
});

/** A clock on which nothing takes any time, but a limit ends a turn later: what has ended already is in time. */
function limitClock(limits: number[]): Clock {
  return {
    now: () => 0,
    sleep: async (ms) => {
      limits.push(ms);
      await new Promise(setImmediate);
    },
  };
}

/** Stops a client whose parts end as they are told to. No limit is waited for. */
async function stopWith(parts: { feed?: Promise<void>; client?: Promise<void>; store?: Promise<void> }) {
  const ended: string[] = [];
  const limits: number[] = [];
  const logger = new QuietLogger();
  const end = (what: string, result: Promise<void> = Promise.resolve()) => {
    return () => result.then(() => void ended.push(what));
  };
  const stub = {
    destroy: end('client', parts.client),
    logger,
    options: { seen: { logger, clock: limitClock(limits) } },
  };
  const client = stub as unknown as SapphireClient;
  const feed = { name: 'news', store: { get: () => feed }, unload: end('feed', parts.feed) } as unknown as Listener;
  addFeed(client, feed, { options: {}, tellOfFailingStore: () => Promise.resolve() });
  ClientState.of(client).store = { close: end('store', parts.store) } as unknown as SeenStore;
  await stopBot(client);
  return { ended, limits, logger };
}

const never = new Promise<never>(() => undefined);

test('everything that ends by itself is waited for, and nothing is said', async () => {
  const { ended, logger } = await stopWith({});
  expect([ended, logger.lines]).toEqual([['feed', 'client', 'store'], []]);
});

test('what does not end is left open after less than eight seconds in all, and named', async () => {
  const { limits, logger } = await stopWith({ feed: never, client: never, store: never });
  expect(limits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(8_000);
  const fields = { open: ['feeds', 'client', 'store'], hint: expect.stringContaining('Nothing is lost') as string };
  expect(logger.of('seen_stop_forced')).toMatchObject([{ level: 'warn', fields }]);
});

test('a part that fails keeps nobody from ending the others', async () => {
  const { ended, logger } = await stopWith({
    feed: Promise.reject(new Error('a bug')),
    client: Promise.reject(new Error('a socket')),
  });
  expect(ended).toEqual(['store']);
  const failed = (what: string) => ({ level: 'error', fields: { what } });
  expect(logger.of('seen_stop_failed')).toMatchObject([failed('feeds'), failed('client')]);
});

test('a database that another process has locked does not hold up the end', async () => {
  const clock = { ...systemClock, sleep: (ms: number, ...rest: [AbortSignal?]) => systemClock.sleep(ms / 20, ...rest) };
  const path = newPath();
  const { client, store } = await startSapphireBot(await localDiscord(), { path, command: false, clock });
  const giveBack = await holdWriteLock(path);
  const marking = Promise.allSettled([store.markSeen('a')]);
  // This would not end before the lock is given back.
  await expect(stopBot(client)).resolves.toBeUndefined();
  await giveBack();
  await marking;
});
