import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { container } from '@sapphire/framework';
import { REST, RESTEvents, Routes } from 'discord.js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { watchLongWaits, type LongWait } from '../../src/plugins/long-waits.ts';
import type { Clock } from '../../src/store/clock.ts';
import type { Fault, LocalDiscord } from '../../local/discord/index.ts';
import { localDiscord } from '../support/local-discord.ts';
import type { QuietLogger } from '../support/quiet-logger.ts';
import { newSapphireClient } from '../support/sapphire-bot.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Turns of the event loop: long enough for dozens of requests, were they not guarded. */
const A_WHILE = 1_000;
const ban: Fault = { kind: 'status', status: 429, body: '<html>error code: 1015</html>' };

/** Begins a login. Resolves once the client has told of a refusal of the path, and has had time for more requests. */
async function loginWhileBanned(path: string): Promise<{ discord: LocalDiscord; logger: QuietLogger }> {
  const discord = await localDiscord();
  discord.faults = (request) => (request.path.endsWith(path) ? ban : undefined);
  const client = await newSapphireClient(discord, { path: join(temporaryFolder(), 'seen.sqlite') });
  onTestFinished(async () => {
    await container.stores.get('commands').unloadAll();
    await client.destroy();
    await container.seen?.close();
  });
  // It never ends: the waits of discord.js outlive the test.
  client.login(discord.token).catch(() => undefined);
  const logger = client.logger as QuietLogger;
  await expect.poll(() => logger.of('seen_rate_limited')).not.toEqual([]);
  for (let turn = 0; turn < A_WHILE; turn += 1) await nextTurn();
  return { discord, logger };
}

test.for<readonly [string, string, string]>([
  ['the login', '/gateway/bot', '/gateway/bot'],
  ['the registration of the commands', '/commands', '/applications/:id/commands'],
])('a ban that does not say how long is waited for, and told: during %s', async ([, path, route]) => {
  const { discord, logger } = await loginWhileBanned(path);
  expect(discord.requests.filter((request) => request.path.endsWith(path))).toHaveLength(1);
  expect(logger.of('seen_rate_limited')).toMatchObject([
    { level: 'warn', fields: { method: 'GET', route, wait_seconds: 5 } },
  ]);
});

describe('a long wait of discord.js', () => {
  /** A REST client whose requests are all refused, and reject at once instead of waiting. */
  function refused(retryAfter: () => number) {
    let now = 0;
    const clock: Clock = { now: () => 0, monotonic: () => now, sleep: () => Promise.resolve() };
    const makeRequest = vi.fn<() => Promise<Response>>(async () =>
      Response.json({ message: 'limited' }, { status: 429, headers: { 'retry-after': String(retryAfter()) } }),
    );
    const rest = new REST({ makeRequest, rejectOnRateLimit: () => true }).setToken('x');
    const waits: LongWait[] = [];
    watchLongWaits(rest, clock, (wait) => waits.push(wait));
    const ask = (route: `/${string}`): Promise<unknown> => rest.get(route).catch((error: unknown) => error);
    return { rest, waits, ask, pass: (ms: number) => void (now += ms) };
  }

  test('is reported from five seconds on', async () => {
    let seconds = 4.9;
    const { waits, ask } = refused(() => seconds);
    await ask(Routes.user());
    expect(waits).toEqual([]);
    seconds = 3_600;
    await ask(Routes.user());
    expect(waits).toEqual([{ method: 'GET', route: '/users/@me', waitMs: 3_600_000 }]);
  });

  test('is reported once in ten minutes for each kind of request', async () => {
    const { waits, ask, pass } = refused(() => 60);
    for (const minutes of [0, 3, 6, 3]) {
      pass(minutes * 60_000);
      await ask(Routes.channel('1100000000000000101'));
      await ask(Routes.channel('1100000000000000102'));
    }
    await ask(Routes.user());
    expect(waits.map(({ route }) => route)).toEqual(['/channels/:id', '/channels/:id', '/users/@me']);
  });

  test('in the queue is reported from ten seconds on: a channel’s own budget takes five', () => {
    const { rest, waits } = refused(() => 0);
    const queued = { global: false, method: 'POST', url: '', route: '/channels/:id/messages', majorParameter: '1' };
    const limit = { hash: '', limit: 5, timeToReset: 0, sublimitTimeout: 0, scope: 'user' } as const;
    for (const retryAfter of [5_050, 60_000]) rest.emit(RESTEvents.RateLimited, { ...queued, ...limit, retryAfter });
    expect(waits).toEqual([{ method: 'POST', route: '/channels/:id/messages', waitMs: 60_000 }]);
  });
});
