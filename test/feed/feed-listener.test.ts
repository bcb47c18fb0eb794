import * as framework from '@sapphire/framework';
import { container, type Listener, SapphireClient } from '@sapphire/framework';
import { GatewayIntentBits } from 'discord.js';
import { expect, onTestFinished, test } from 'vitest';

import '../../src/register.ts';
import {
  FeedListener,
  FeedUnauthorizedError,
  SeenConfigError,
  SeenInputError,
  requireSeenStore,
  stopBot,
  systemClock,
  type Cycle,
  type FeedBatch,
} from '../../src/index.ts';
import { ids, startLocalDiscord, type LocalDiscord } from '../../local/discord/index.ts';
import { prepareCorePieces } from '../support/core-pieces.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { QuietLogger } from '../support/quiet-logger.ts';
import { notes, type Note } from '../support/notes.ts';

declare module 'discord.js' {
  interface ClientEvents {
    notesFetched: [batch: FeedBatch<Note>];
  }
}

let enriched: string[] = [];
let gate: Promise<void> = Promise.resolve();
/** By how much the machine's clock was set forward. */
let aheadMs = 0;
const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };

class NotesListener extends FeedListener<Note, string> {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, name: 'notes', event: 'notesFetched', firstRun: 'post', maxConcurrent: 1, clock });
  }

  override key({ id }: Note): string {
    return id;
  }

  override channels(): string[] {
    return [ids.announcements];
  }

  override async enrich({ id }: Note): Promise<string> {
    enriched.push(id);
    await gate;
    return `about ${id}`;
  }

  override message({ id }: Note, summary = `plain ${id}`) {
    return { content: summary };
  }
}

async function start({ login = true, enabled = true } = {}): Promise<{
  logger: QuietLogger;
  discord: LocalDiscord;
  client: SapphireClient;
  cycles: Cycle[];
  halts: unknown[][];
}> {
  enriched = [];
  gate = Promise.resolve();
  aheadMs = 0;
  const logger = new QuietLogger();
  const discord = await startLocalDiscord();
  onTestFinished(() => discord.close());
  // Or else this client would take them away from those of other tests.
  await prepareCorePieces(framework);
  const client = new SapphireClient({
    intents: [GatewayIntentBits.Guilds],
    baseUserDirectory: null,
    loadApplicationCommandRegistriesStatusListeners: false,
    logger: { instance: logger },
    rest: { api: discord.api, version: '10' },
    seen: { logger, path: `${temporaryFolder()}/seen.sqlite`, command: false, enabled },
  });
  onTestFinished(() => stopBot(client));
  await container.stores.loadPiece({ name: 'notes', piece: NotesListener, store: 'listeners' });
  const cycles: Cycle[] = [];
  const halts: unknown[][] = [];
  client.on('seenCycle', (cycle) => cycles.push(cycle));
  client.on('seenHalted', (...halt) => halts.push(halt));
  if (login) await client.login(discord.token);
  return { discord, client, cycles, halts, logger };
}

const batch = (items: readonly Note[]): FeedBatch<Note> => ({ items, complete: true });
const texts = (discord: LocalDiscord) => discord.messages(ids.announcements).map(({ content }) => content);
const ended = (client: SapphireClient, event: 'seenCycle' | 'seenHalted') =>
  new Promise<void>((resolve) => client.once(event, () => resolve()));
const listener = () => container.stores.get('listeners').get('notes') as NotesListener;

test('batches are delivered one after the other, and each ends with the event seenCycle', async () => {
  const { discord, client, cycles, halts } = await start();
  const { promise, resolve: open } = Promise.withResolvers<void>();
  gate = promise;
  client.emit('notesFetched', batch(notes(2)));
  client.emit('notesFetched', batch(notes(3)));
  await discord.waitForReady();
  open();
  await ended(client, 'seenCycle');
  await ended(client, 'seenCycle');
  expect(cycles).toMatchObject([
    { feed: 'notes', total: 2, skipped: 0, posted: 2 },
    { feed: 'notes', total: 3, skipped: 2, posted: 1 },
  ]);
  expect(texts(discord)).toEqual(['about n1', 'about n2', 'about n3']);
  expect(halts).toEqual([]);
});

test('a batch that waits for another was listed when it was given, unless it says itself', async () => {
  const { discord, client } = await start();
  const { promise, resolve: open } = Promise.withResolvers<void>();
  gate = promise;
  client.emit('notesFetched', batch(notes(1)));
  client.emit('notesFetched', batch(notes(2)));
  client.emit('notesFetched', { ...batch(notes(3)), listedAt: new Date(clock.now() + 120_000) });
  while (enriched.length === 0) await new Promise(setImmediate);
  aheadMs = 120_000;
  open();
  for (let cycle = 0; cycle < 3; cycle += 1) await ended(client, 'seenCycle');
  expect(texts(discord)).toEqual(['about n1', 'plain n2', 'about n3']);
});

test('a token that Discord refuses ends the cycle with the event seenHalted', async () => {
  const { discord, client, cycles, halts } = await start();
  discord.faults = ({ path }) =>
    path.endsWith('/messages') ? { kind: 'status', status: 401, body: { code: 0, message: '401' } } : undefined;
  client.emit('notesFetched', batch(notes(3)));
  await ended(client, 'seenHalted');
  expect(halts).toEqual([['notes', expect.any(FeedUnauthorizedError)]]);
  expect(cycles).toEqual([]);
  expect(await requireSeenStore().ledger.counts()).toMatchObject({ waiting: 3, active: 0 });
});

test('a batch that ends in an error does not stop the next one', async () => {
  const { client, cycles, halts } = await start();
  client.emit('notesFetched', { items: 5, complete: true } as never);
  client.emit('notesFetched', batch(notes(1)));
  await ended(client, 'seenCycle');
  expect(halts).toHaveLength(1);
  expect(cycles).toMatchObject([{ posted: 1 }]);
});

test('a batch that is given to run directly is delivered once run resolves', async () => {
  const { discord, cycles } = await start();
  await listener().run(batch(notes(2)));
  expect(texts(discord)).toEqual(['about n1', 'about n2']);
  expect(cycles).toMatchObject([{ feed: 'notes', total: 2, posted: 2 }]);
});

test('run rejects with the error that ends its batch', async () => {
  const { discord, halts } = await start();
  discord.faults = ({ path }) =>
    path.endsWith('/messages') ? { kind: 'status', status: 401, body: { code: 0, message: '401' } } : undefined;
  await expect(listener().run(batch(notes(1)))).rejects.toThrow(FeedUnauthorizedError);
  expect(halts).toHaveLength(1);
});

test('a subscriber of seenCycle that throws does not make the cycle a halted one', async () => {
  const { discord, client, halts } = await start();
  client.once('seenCycle', () => {
    throw new Error('a bug of the bot');
  });
  client.emit('notesFetched', batch(notes(1)));
  client.emit('notesFetched', batch(notes(2)));
  await discord.waitForMessages(ids.announcements, 2);
  expect(halts).toEqual([]);
});

test('unloading finishes the items under way, gives back the rest, and ends the subscription', async () => {
  const { discord, client, cycles } = await start();
  const { promise, resolve: open } = Promise.withResolvers<void>();
  gate = promise;
  client.emit('notesFetched', batch(notes(3)));
  while (enriched.length === 0) await new Promise(setImmediate);
  const unloading = listener().unload();
  open();
  await unloading;
  expect(cycles).toMatchObject([{ total: 3, posted: 1 }]);
  expect(texts(discord)).toEqual(['about n1']);
  expect(await requireSeenStore().ledger.counts()).toEqual({ waiting: 2, active: 0, failed: 0 });
  expect(client.listenerCount('notesFetched')).toBe(0);
});

test.for<[string, unknown, string]>([
  ['an array', notes(2), 'an array in the place of a batch'],
  ['nothing', undefined, 'undefined in the place of a batch'],
  ['a single note', { id: 'n1' }, 'an object without items in the place of a batch'],
  ['a text', 'n1', 'a string in the place of a batch'],
  [
    'a promise of a batch',
    Promise.resolve(batch(notes(2))),
    'a promise in the place of a batch, which has to be awaited',
  ],
  [
    'a promise of items',
    { items: Promise.resolve(notes(2)), complete: true },
    'a batch whose items are a promise, which has to be awaited',
  ],
  ['the argument of another event', new Date(), 'an instance of Date without items in the place of a batch'],
  [
    'a set of items',
    { items: new Set(notes(2)), complete: true },
    'a batch whose items are an instance of Set and no array',
  ],
  ['items without a word on the rest', { items: notes(2) }, 'a batch whose complete is undefined'],
])('what is no batch is refused with a word on what one is: %s', async ([, given, problem]) => {
  const { client, discord, cycles, halts } = await start();
  client.emit('notesFetched', given as never);
  await ended(client, 'seenHalted');
  expect(halts).toEqual([['notes', expect.any(SeenInputError)]]);
  expect(String(halts[0]?.[1])).toContain(`The feed "notes" was given ${problem}`);
  client.emit('notesFetched', batch(notes(2)));
  await ended(client, 'seenCycle');
  expect(cycles).toMatchObject([{ posted: 2 }]);
  expect(texts(discord)).toEqual(['about n1', 'about n2']);
});

test('a batch before the login says what to do, and its items are posted after it', async () => {
  const { discord, client } = await start({ login: false });
  const early = new NotesListener(
    { name: 'early', path: '', root: '', store: container.stores.get('listeners') },
    { name: 'early' },
  );
  const refusal: unknown = await early.run(batch(notes(2))).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(SeenConfigError);
  expect(String(refusal)).toContain('The client is not logged in: call client.login() first');
  expect(discord.requests).toEqual([]);
  await client.login(discord.token);
  await listener().run(batch(notes(2)));
  expect(texts(discord)).toEqual(['about n1', 'about n2']);
});

test('a batch after the client was destroyed is not taken for a refused token', async () => {
  const { client } = await start();
  await client.destroy();
  await expect(listener().run(batch(notes(1)))).rejects.toThrow('call client.login() first');
});

test('a feed of a plugin that is switched off says so once, and drops its batches', async () => {
  const { client, discord, cycles, halts, logger } = await start({ enabled: false });
  client.emit('notesFetched', batch(notes(2)));
  await listener().run(batch(notes(2)));
  expect([cycles, halts, texts(discord)]).toEqual([[], [], []]);
  expect(logger.of('feed_switched_off')).toMatchObject([{ level: 'info', fields: { feed: 'notes' } }]);
  expect(() => requireSeenStore()).toThrow('switched off: set seen.enabled to true');
});
