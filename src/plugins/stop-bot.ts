import { AsyncLocalStorage } from 'node:async_hooks';
import type { SapphireClient } from '@sapphire/framework';

import { ClientState } from '../container/client-state.ts';
import { endFeed, feedsOf } from '../feed/feeds-of-client.ts';
import { resignAll } from '../feed/lead/lead.ts';
import { pluginLogger } from '../log/plugin-logger.ts';
import { systemClock, withTimeLimit, type Clock } from '../store/clock.ts';
import { closeOpened } from './opened.ts';
import { isCalledByLogin } from './watch-login.ts';

/** Docker and systemd kill what has not ended after ten seconds: all of these together stay below eight. */
const LOGIN_MS = 1_000;
const FEEDS_MS = 4_500;
const CLIENT_MS = 1_000;
const STORE_MS = 1_250;

/** The client whose stop it is, in everything that the stop calls: `destroy()` of a class that stops the bot in it, say. */
const stepsOf = new AsyncLocalStorage<ClientState>();

/**
 * Stops the bot: begins no further item, finishes those under way or gives them back, destroys the client, and closes
 * the store and the metrics. Nothing is lost, and nothing is paid for twice. What this process leads (see `poll`), another
 * one that stands by goes on with at once.
 *
 * It never throws, takes less than eight seconds whatever Discord and the disk do, and is right at any time: before the
 * login, during it and after one that failed, with `enabled: false`, and when it is called again. What is left open after
 * that time is safe, since every step is on disk before it is taken: the next start asks Discord what became of a
 * request, and takes over the items of a process that has ended.
 *
 * Called by what it ends itself, `destroy()` of a class that stops the bot in it for example, it resolves at once, since
 * it would wait for itself. It does so where there is no client yet as well.
 *
 * Timers and servers of the bot's own go on, so a bot that is to end calls `process.exit()` afterwards.
 *
 * @example
 * ```ts
 * process.once('SIGTERM', () => stopBot(client).finally(() => process.exit()));
 * ```
 */
export function stopBot(client: SapphireClient): Promise<void> {
  if (!isClient(client)) return Promise.resolve();
  const state = ClientState.of(client);
  if (state.stop !== undefined && stepsOf.getStore() === state) return Promise.resolve();
  state.stop ??= stepsOf
    .run(state, () => endAll(client))
    .finally(() => {
      state.stop = undefined;
    });
  return state.stop;
}

async function endAll(client: SapphireClient): Promise<void> {
  const state = ClientState.of(client);
  state.beginToStop();
  const login = isCalledByLogin(client) ? undefined : state.login;
  const logger = pluginLogger(client);
  const clock = client.options.seen?.clock ?? systemClock;
  const steps = [
    { what: 'login', limitMs: LOGIN_MS, end: () => Promise.allSettled([login]) },
    { what: 'feeds', limitMs: FEEDS_MS, end: () => unloadFeeds(client) },
    { what: 'client', limitMs: CLIENT_MS, end: () => destroy(client) },
    { what: 'store', limitMs: STORE_MS, end: () => resignAndClose(client) },
  ];
  const open: string[] = [];
  for (const { what, limitMs, end } of steps) {
    try {
      if (!(await endsWithin(limitMs, end, clock))) open.push(what);
    } catch (error) {
      logger.error('seen_stop_failed', { what, error });
    }
  }
  if (open.length === 0) return;
  const hint = 'Nothing is lost: the next start settles what was under way.';
  logger.warn('seen_stop_forced', { open, hint });
}

/** A program without types may have no client yet when it is told to stop. */
function isClient(client: SapphireClient | undefined): boolean {
  return typeof client?.destroy === 'function';
}

async function destroy(client: SapphireClient): Promise<void> {
  ClientState.of(client).run.isDestroyed = true;
  await client.destroy();
}

/** A leader that has not resigned yet, because its work does not end, resigns with the last writes of the store. */
async function resignAndClose(client: SapphireClient): Promise<void> {
  const { store } = ClientState.of(client);
  const resigned = store === undefined ? undefined : resignAll(store, pluginLogger(client));
  await Promise.all([resigned, closeOpened(client)]);
}

/** @throws The first error, once all of them have ended. */
async function unloadFeeds(client: SapphireClient): Promise<void> {
  const ends = await Promise.allSettled(feedsOf(client).map(endFeed));
  const failed = ends.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** True when the work has ended in time. It may still end later. */
async function endsWithin(limitMs: number, work: () => Promise<unknown>, clock: Clock): Promise<boolean> {
  const timeUp = new Error('time up');
  try {
    await withTimeLimit({ clock, limitMs, expired: () => timeUp }, work);
    return true;
  } catch (error) {
    if (error === timeUp) return false;
    throw error;
  }
}
