import { once } from 'node:events';
import BetterSqlite3 from 'better-sqlite3';
import { container, type Listener, type SapphireClient } from '@sapphire/framework';
import { expect, onTestFinished, test } from 'vitest';

import '../../src/register.ts';
import { FeedListener, lead, openSeenStore, poll, stopBot, type FeedBatch } from '../../src/index.ts';
import { ids } from '../../local/discord/index.ts';
import { Elections } from '../support/elections.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { localDiscord } from '../support/local-discord.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { notes, type Note } from '../support/notes.ts';
import { newSapphireClient, logIn } from '../support/sapphire-bot.ts';
import type { QuietLogger } from '../support/quiet-logger.ts';

declare module 'discord.js' {
  interface ClientEvents {
    ledNotes: [batch: FeedBatch<Note>];
  }
}

const LEASE_MS = 15_000;

/** A feed whose enrichments end when their signals abort, or the test says so. */
class LedListener extends FeedListener<Note, string> {
  static begun: { readonly id: string; readonly signal: AbortSignal }[] = [];
  static gate = Promise.withResolvers<void>();

  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, {
      ...options,
      name: 'ledNotes',
      firstRun: 'post',
      maxConcurrent: 1,
      incidentAfterMs: 1,
      adminChannelId: ids.general,
    });
  }

  key = ({ id }: Note): string => id;
  channels = (): string[] => [ids.announcements];
  message = (_: Note, summary = 'plain'): { content: string } => ({ content: summary });

  override async enrich({ id }: Note, signal: AbortSignal): Promise<string> {
    LedListener.begun.push({ id, signal });
    await Promise.race([LedListener.gate.promise, once(signal, 'abort')]);
    signal.throwIfAborted();
    return `about ${id}`;
  }
}

/** A bot with a feed of three notes that it polls. The poll's clock is the test's. */
async function startLedBot() {
  LedListener.begun = [];
  LedListener.gate = Promise.withResolvers();
  const discord = await localDiscord();
  const path = emptyDatabase();
  const client = await newSapphireClient(discord, { path, command: false });
  onTestFinished(() => stopBot(client));
  await container.stores.loadPiece({ name: 'ledNotes', piece: LedListener, store: 'listeners' });
  await logIn(client, discord).catch(() => undefined);
  return { client, discord, path, logger: client.logger as QuietLogger };
}

function pollNotes(client: SapphireClient, clock: ManualClock): Promise<void> {
  const task = async (): Promise<boolean> => client.emit('ledNotes', { items: notes(3), complete: true });
  return poll(task, { feed: 'ledNotes', everyMs: 3_600_000, clock });
}

/** Gives the term to somebody else, as a database does whose leader did not renew in time. */
function electAnother(path: string): void {
  const db = new BetterSqlite3(path);
  db.prepare("UPDATE seen_leader SET leader = 'other', number = number + 1").run();
  db.close();
}

test('a delivery ends when the term is lost: what is under way is aborted at once, and nothing further is begun', async () => {
  const { client, path, logger } = await startLedBot();
  const clock = new ManualClock();
  const halted = once(client, 'seenCycle');
  const polling = pollNotes(client, clock);
  await expect.poll(() => LedListener.begun.map(({ id }) => id)).toEqual(['n1']);
  electAnother(path);
  await clock.advance(LEASE_MS / 3);
  await halted;
  expect(LedListener.begun).toHaveLength(1);
  expect(LedListener.begun[0]?.signal.aborted).toBe(true);
  expect(logger.of('feed_lead_lost')).toMatchObject([{ level: 'info', fields: { feed: 'ledNotes' } }]);
  const other = await openSeenStore({ path });
  onTestFinished(() => other.close());
  const waiting = await other.claimWaiting({ feed: 'ledNotes' });
  expect(waiting.map(({ payload }) => payload)).toEqual(notes(3));
  await stopBot(client);
  await polling;
});

test('an item that a source pushes as the term ends is not sent, and is kept for whoever leads', async () => {
  const { client, path, discord } = await startLedBot();
  const clock = new ManualClock();
  const began = Promise.withResolvers<void>();
  const cycle = once(client, 'seenCycle');
  const listen = async (signal: AbortSignal): Promise<void> => {
    const ended = once(signal, 'abort');
    began.resolve();
    await ended;
    client.emit('ledNotes', { items: notes(3, 'listed'), complete: true });
    client.emit('ledNotes', { items: notes(2, 'pushed'), complete: false });
  };
  const leading = lead(listen, { feed: 'ledNotes', clock });
  await began.promise;
  electAnother(path);
  await clock.advance(LEASE_MS / 3);
  expect(await cycle).toMatchObject([{ total: 2, posted: 0 }]);
  expect(discord.messages(ids.announcements)).toEqual([]);
  const other = await openSeenStore({ path });
  onTestFinished(() => other.close());
  const waiting = await other.claimWaiting({ feed: 'ledNotes' });
  expect(waiting.map(({ payload }) => payload)).toEqual(notes(2, 'pushed'));
  await stopBot(client);
  await leading;
});

test('a bot that is stopped resigns once its deliveries have ended, so that the next one goes on at once', async () => {
  const { client, path, logger } = await startLedBot();
  const polling = pollNotes(client, new ManualClock());
  await expect.poll(() => LedListener.begun).toHaveLength(1);
  const other = await openSeenStore({ path });
  onTestFinished(() => other.close());
  expect(await other.leadership.campaign('ledNotes')).toBeNull();
  const stopped = stopBot(client);
  // Time for a resignation that came too early.
  for (const id of ['a', 'b', 'c', 'd']) await other.markSeen(id);
  expect(await other.leadership.campaign('ledNotes')).toBeNull();
  LedListener.gate.resolve();
  await Promise.all([stopped, polling]);
  expect(logger.events().filter((event) => event.startsWith('feed_lead'))).toEqual([
    'feed_lead_gained',
    'feed_lead_resigned',
  ]);
  expect(await other.leadership.campaign('ledNotes')).not.toBeNull();
});

test('a bot whose task does not end when it is stopped resigns all the same', async () => {
  const { client, path } = await startLedBot();
  const began = Promise.withResolvers<void>();
  const hanging = (): Promise<never> => {
    began.resolve();
    return new Promise(() => undefined);
  };
  const polling = poll(hanging, { feed: 'ledNotes', everyMs: 3_600_000 });
  await Promise.race([began.promise, polling]);
  await stopBot(client);
  const other = await openSeenStore({ path });
  onTestFinished(() => other.close());
  expect(await other.leadership.campaign('ledNotes')).not.toBeNull();
});

test('a poll of a bot that was stopped, or has not logged in, begins with its login', async () => {
  const discord = await localDiscord();
  const client = await newSapphireClient(discord, { path: emptyDatabase() });
  onTestFinished(() => stopBot(client));
  const stopping = new AbortController();
  let polls = 0;
  const polling = poll(async () => (polls += 1), { feed: 'news', everyMs: 3_600_000, signal: stopping.signal });
  await stopBot(client);
  expect(polls).toBe(0);
  await client.login(discord.token);
  await expect.poll(() => polls).toBe(1);
  stopping.abort();
  await polling;
});

test('admins are told of a store that fails, although nobody leads, and so nothing is polled, with hold', async () => {
  const { discord } = await startLedBot();
  const clock = new ManualClock();
  const broken = new Elections(clock).store('one');
  broken.fail();
  const stopping = new AbortController();
  const options = {
    everyMs: 3_600_000,
    store: broken.asStore,
    onStoreError: 'hold',
    clock,
    signal: stopping.signal,
  } as const;
  const polling = poll(() => Promise.reject(new Error('polled')), { feed: 'ledNotes', ...options });
  const toldASecondLater = async (): Promise<string> => {
    await clock.advance(1_000);
    return JSON.stringify(discord.messages(ids.general));
  };
  await expect.poll(toldASecondLater).toContain('connection refused');
  stopping.abort();
  await polling;
});

test('a batch that is given without a leader’s work is delivered, whoever leads', async () => {
  const { client, path } = await startLedBot();
  const other = await openSeenStore({ path });
  onTestFinished(() => other.close());
  await other.leadership.campaign('ledNotes');
  LedListener.gate.resolve();
  const cycle = once(client, 'seenCycle');
  client.emit('ledNotes', { items: notes(1), complete: true });
  expect(await cycle).toMatchObject([{ posted: 1 }]);
});
