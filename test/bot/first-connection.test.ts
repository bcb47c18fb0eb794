import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { REST, Routes } from 'discord.js';
import { describe, expect, onTestFinished, test } from 'vitest';

import { keepAskingForGateway } from '../../src/bot/first-connection.ts';
import { guardRequests } from '../../src/feed/discord/rest/request-guard.ts';
import type { Clock } from '../../src/store/clock.ts';
import type { Fault, LocalDiscord } from '../../local/discord/index.ts';
import { localDiscord } from '../support/local-discord.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

interface Asking {
  readonly discord: LocalDiscord;
  readonly rest: REST;
  readonly logger: RecordingLogger;
  readonly stop: AbortController;
  /** The pauses so far, in milliseconds. */
  readonly pauses: number[];
}

interface ConnectedLater extends Asking {
  /** Ends the asking, as the end of a login does. */
  readonly stopAsking: () => void;
}

/** A REST client that keeps asking. A pause is over at once; `onPause` is called when it begins. */
async function asking(onPause: (asking: Asking) => void = () => undefined): Promise<ConnectedLater> {
  const discord = await localDiscord();
  const rest = new REST({ api: discord.api, version: '10' }).setToken(discord.token);
  guardRequests(rest);
  const stop = new AbortController();
  const all: Asking = { discord, rest, logger: new RecordingLogger(), stop, pauses: [] };
  const clock: Clock = {
    now: () => 0,
    sleep: async (ms, signal) => {
      // The time limit of a connection never passes here.
      if (ms === 15_000) return new Promise(() => undefined);
      all.pauses.push(ms);
      onPause(all);
      signal?.throwIfAborted();
      return undefined;
    },
  };
  const stopAsking = keepAskingForGateway(rest, { clock, logger: all.logger, signal: stop.signal });
  return Object.assign(all, { stopAsking });
}

const ask = ({ rest }: Asking): Promise<unknown> => rest.get(Routes.gatewayBot());
const page = (status: number): Fault => ({ kind: 'status', status, body: '<html><h1>Access denied</h1></html>' });

/** Lets the first `count` requests for the gateway go wrong. */
function failFirst({ discord }: Asking, count: number, fault: Fault): void {
  let left = count;
  discord.faults = ({ path }) => (path === '/gateway/bot' && left-- > 0 ? fault : undefined);
}

describe('a login while Discord cannot be reached', () => {
  // discord.js itself makes four tries where a server fails.
  test.for<[string, Fault, number, unknown]>([
    ['Discord fails', { kind: 'status', status: 500, body: { code: 0, message: 'Internal' } }, 12, 500],
    ['a gateway of the network times out', page(504), 12, 504],
    ['a firewall refuses', page(403), 3, 403],
    ['a page of a proxy says 401', page(401), 12, 502],
    ['a proxy knows no such page', page(404), 3, 404],
    [
      'a login page of a hotel comes instead',
      { kind: 'status', status: 200, body: '<html>Welcome!</html>' },
      3,
      undefined,
    ],
    ['the socket breaks', { kind: 'disconnect', applied: false }, 3, undefined],
  ])('waits, says so, and goes on: %s', async ([, fault, requests, status]) => {
    const all = await asking();
    failFirst(all, requests, fault);
    await expect(ask(all)).resolves.toMatchObject({ url: expect.stringMatching(/^ws/) });
    const lines = all.logger.of('bot_login_failed');
    expect(lines.length).toBeGreaterThanOrEqual(1);
    expect(lines[0]).toMatchObject({
      level: 'warn',
      fields: { attempt: 1, hint: expect.any(String), retry_in_seconds: 2 },
    });
    expect(lines[0]?.fields['status']).toBe(status);
  });

  test('names the page that came instead of an answer', async () => {
    const all = await asking();
    failFirst(all, 1, page(403));
    await ask(all);
    const [line] = all.logger.of('bot_login_failed');
    expect(String(line?.fields['error'])).toBe(
      'DiscordAPIError[HTTP 403]: status 403 from a proxy or from Cloudflare, not from Discord: “Access denied”',
    );
  });

  test('asks less and less often, and never more seldom than every two minutes', async () => {
    const all = await asking();
    failFirst(all, 12, page(403));
    await ask(all);
    expect(all.pauses).toHaveLength(12);
    for (const [index, pause] of all.pauses.entries()) {
      const full = Math.min(2_000 * 2 ** index, 120_000);
      expect(pause).toBeLessThanOrEqual(full);
      expect(pause).toBeGreaterThanOrEqual(full * 0.8);
    }
  });

  test('waits while the gateway itself takes no connections', async () => {
    const silent = createServer((_request, response) => response.end());
    silent.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n'));
    const url = `ws://127.0.0.1:${await listen(silent)}`;
    const all = await asking();
    const session_start_limit = { total: 1, remaining: 1, reset_after: 0, max_concurrency: 1 };
    failFirst(all, 2, { kind: 'status', status: 200, body: { url, shards: 1, session_start_limit } });
    await expect(ask(all)).resolves.not.toMatchObject({ url });
    expect(all.pauses).toHaveLength(2);
    expect(String(all.logger.of('bot_login_failed')[0]?.fields['error'])).toContain(
      `The gateway at ${url} takes no connection`,
    );
  });

  test('waits for the session starts that are used up, and says how long', async () => {
    const all = await asking();
    const session_start_limit = { total: 1000, remaining: 0, reset_after: 3_600_000, max_concurrency: 1 };
    failFirst(all, 1, {
      kind: 'status',
      status: 200,
      body: { url: 'ws://127.0.0.1:9', shards: 1, session_start_limit },
    });
    await ask(all);
    expect(String(all.logger.of('bot_login_failed')[0]?.fields['error'])).toContain('no session for 60 minutes');
  });

  test('ends at once when the bot is stopped in a pause', async () => {
    const all = await asking(({ stop }) => stop.abort());
    failFirst(all, 9, page(403));
    await expect(ask(all)).rejects.toThrow('aborted');
    expect(all.discord.requests).toHaveLength(1);
  });

  test('fails at once when Discord refuses the token', async () => {
    const all = await asking();
    failFirst(all, 9, { kind: 'status', status: 401, body: { code: 0, message: '401: Unauthorized' } });
    await expect(ask(all)).rejects.toMatchObject({ status: 401 });
    expect([all.discord.requests.length, all.pauses]).toEqual([1, []]);
  });

  test('is over with the login: a later request for the gateway fails like every other', async () => {
    const all = await asking();
    await ask(all);
    all.stopAsking();
    all.discord.faults = () => page(403);
    await expect(ask(all)).rejects.toMatchObject({ status: 403 });
    expect(all.pauses).toEqual([]);
  });

  test('says what to do about a gateway, a page of the network, and starts that are used up', async () => {
    const hints: unknown[] = [];
    const answers = [
      { url: 'ws://127.0.0.1:9', shards: 1, session_start_limit: sessions(0) },
      { url: 'ws://127.0.0.1:9', shards: 1, session_start_limit: sessions(1) },
      '<html>Welcome to the hotel</html>',
    ];
    for (const body of answers) {
      const all = await asking();
      failFirst(all, 1, { kind: 'status', status: 200, body });
      await ask(all);
      hints.push(all.logger.of('bot_login_failed')[0]?.fields['hint']);
    }
    expect(hints).toEqual([
      expect.stringContaining('started too often'),
      expect.stringContaining('WebSocket'),
      expect.stringContaining('answers in its place'),
    ]);
  });

  test('leaves all other requests alone', async () => {
    const all = await asking();
    all.discord.faults = () => page(403);
    await expect(all.rest.get(Routes.user())).rejects.toMatchObject({ status: 403 });
    expect(all.pauses).toEqual([]);
  });
});

function sessions(remaining: number): object {
  return { total: 1000, remaining, reset_after: 3_600_000, max_concurrency: 1 };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
