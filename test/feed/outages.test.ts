import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';

import { createsMessage, failNext, ids, type Fault } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note, type Summary } from '../support/notes.ts';
import { HOUR_MS, LATER_MS, MINUTE_MS } from '../support/times.ts';

const posts = createsMessage(ids.announcements);
const inOrder = (count: number): string[] => notes(count).map(({ id }) => `${id}: about ${id}`);

describe('hours without Discord', () => {
  test.each<[number, string, Fault]>([
    [3, '503', { kind: 'status', status: 503, body: '' }],
    [2, '502 of a proxy', { kind: 'status', status: 502, body: '<html>Bad Gateway</html>' }],
    [2, 'broken connections', { kind: 'disconnect', applied: false }],
    [2, 'a permission that is missing', { kind: 'status', status: 403, body: { code: 50_013, message: 'no' } }],
    [2, 'a ban by Cloudflare', { kind: 'status', status: 403, body: '<html>error code: 1020</html>' }],
  ])('after %i hours of %s every item is posted once, and none has used up an attempt', async (hours, _what, fault) => {
    const harness = await DeliveryHarness.start({ delivery: { maxAttempts: 1, maxConcurrent: 1 } });
    harness.discord.faults = (request) => (posts(request) ? fault : undefined);
    for (let minute = 0; minute < hours * 60; minute += 5) {
      await harness.deliver(minute === 0 ? notes(4) : []);
      await harness.clock.advance(5 * MINUTE_MS);
    }
    expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 4, failed: 0 });
    expect(await harness.store.ledger.find('n3')).toMatchObject({ attempts: 0 });
    expect(harness.creations().length).toBeLessThan(hours * 37);
    harness.discord.faults = undefined;
    // The longest pause of a channel.
    await harness.clock.advance(LATER_MS);
    await harness.deliver([]);
    await harness.clock.advance(LATER_MS);
    await harness.deliver([]);
    expect(harness.texts().toSorted()).toEqual(inOrder(4));
    expect(await harness.store.ledger.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
  });

  test('an item says what it waits for, and is due, so that it keeps its place when the channel is', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.denyChannel(ids.announcements);
    await harness.deliver(notes(5));
    const lastError = expect.stringMatching(/^channel \d+ takes no posts: the bot lacks a permission .*code 50013/);
    expect(await harness.store.ledger.find('n5')).toMatchObject({ attempts: 0, lastError, retryAt: null });
  });

  test('after each pause one item tries the channel, also where several are worked on at the same time', async () => {
    const harness = await DeliveryHarness.start({ delivery: { maxConcurrent: 5 } });
    harness.discord.denyChannel(ids.announcements);
    await harness.deliver(notes(20));
    const first = harness.creations().length;
    const paid = harness.feed.enriched.length;
    for (let round = 1; round <= 4; round += 1) {
      await harness.clock.advance(LATER_MS);
      await harness.deliver([]);
      expect(harness.creations()).toHaveLength(first + round);
    }
    expect(harness.feed.enriched).toHaveLength(paid);
  });

  test('the items that waited for the one that tried go out with it, in the same cycle', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.denyChannel(ids.announcements);
    await harness.deliver(notes(8));
    harness.discord.allowChannel(ids.announcements);
    await harness.clock.advance(MINUTE_MS);
    expect(await harness.deliver([])).toMatchObject({ posted: 8, failed: 0 });
  });

  test('an item that tried and has no message leaves the trial to the next', async () => {
    class PoorFeed extends NoteFeed {
      override message(note: Note, summary?: Summary) {
        if (note.id === 'n1') throw new Error('no message');
        return super.message(note, summary);
      }
    }
    const harness = await DeliveryHarness.start({ feed: new PoorFeed() });
    harness.discord.denyChannel(ids.announcements);
    await harness.deliver([{ id: 'other' }]);
    await harness.store.markSeen('other');
    harness.discord.allowChannel(ids.announcements);
    await harness.clock.advance(MINUTE_MS);
    expect(await harness.deliver(notes(3))).toMatchObject({ posted: 2, failed: 1 });
    expect(harness.texts().toSorted()).toEqual(['n2: about n2', 'n3: about n3']);
  });
});

/** A server on a port of its own that nobody listens on any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function plainServer(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

describe('a request that never left', () => {
  /** Delivers once through `api`, and says what the ledger keeps of it. */
  async function deliverThrough(api: string) {
    const harness = await DeliveryHarness.start({ delivery: { maxAttempts: 1 } });
    await harness.restart({}, { api });
    await harness.deliver(notes(1));
    const { posts: records, attempts, lastError } = (await harness.store.ledger.find('n1')) ?? {};
    return { harness, records, attempts, lastError };
  }

  test('a refused connection is no doubt, and no attempt', async () => {
    const { harness, ...entry } = await deliverThrough(`http://127.0.0.1:${await closedPort()}/api`);
    expect(entry).toMatchObject({ records: [], attempts: 0, lastError: expect.stringContaining('ECONNREFUSED') });
    await harness.clock.advance(24 * HOUR_MS);
    harness.discord.denyChannel(ids.announcements, ['readMessageHistory']);
    await harness.restart();
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(inOrder(1));
  });

  test('a name that cannot be looked up is no doubt, and no attempt', async () => {
    const { harness: _harness, ...entry } = await deliverThrough('http://discord.invalid/api');
    expect(entry).toMatchObject({ records: [], attempts: 0, lastError: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) });
  });

  test('a connection without TLS is no doubt, and no attempt', async () => {
    const { port } = (await plainServer()).address() as AddressInfo;
    const { harness: _harness, ...entry } = await deliverThrough(`https://127.0.0.1:${port}/api`);
    expect(entry).toMatchObject({ records: [], attempts: 0 });
  });

  test('a connection that ends after the request has left is a doubt', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = failNext(10, { kind: 'disconnect', applied: false }, posts);
    await harness.deliver(notes(1));
    expect(await harness.store.ledger.find('n1')).toMatchObject({ attempts: 0, posts: [{ state: 'open' }] });
  });

  test('a redirection is no doubt: whoever sent it passed nothing on', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = () => ({ kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:9' } });
    await harness.deliver(notes(1));
    expect(await harness.store.ledger.find('n1')).toMatchObject({ attempts: 0, posts: [] });
  });

  test('a refused connection does not end the doubt that an earlier try of the same request has left', async () => {
    const harness = await DeliveryHarness.start();
    const { makeRequest } = harness.rest.options;
    harness.discord.faults = failNext(1, { kind: 'applied-then-500' }, posts);
    harness.rest.options.makeRequest = async (url, init) => {
      if (harness.creations().length === 0) return makeRequest(url, init);
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
    };
    await harness.deliver(notes(1));
    expect(await harness.store.ledger.find('n1')).toMatchObject({ posts: [{ state: 'open' }] });
    expect(harness.texts()).toEqual(inOrder(1));
  });
});

describe('an item that nobody can look up', () => {
  test('while the history is hidden it waits without using up attempts, and says what to do', async () => {
    const harness = await DeliveryHarness.start({ delivery: { maxAttempts: 2 } });
    harness.discord.faults = failNext(1, { kind: 'disconnect', applied: true }, posts);
    harness.discord.denyChannel(ids.announcements, ['readMessageHistory']);
    await harness.deliver(notes(1));
    for (let round = 0; round < 20; round += 1) {
      await harness.clock.advance(LATER_MS);
      await harness.deliver([{ id: `other${round}` }]);
    }
    expect(harness.texts()).toHaveLength(21);
    const lastError = expect.stringMatching(/the history of channel \d+ cannot be read: .*Read Message History/);
    expect(await harness.store.ledger.find('n1')).toMatchObject({ state: 'posting', attempts: 0, lastError });
    expect(harness.logger.of('feed_channel_history_hidden')).toMatchObject([
      {
        level: 'error',
        fields: { channel_id: ids.announcements, hint: expect.stringContaining('Read Message History') },
      },
    ]);
    harness.discord.allowChannel(ids.announcements);
    await harness.clock.advance(LATER_MS);
    await harness.deliver([]);
    expect(await harness.store.isSeen('n1')).toBe(true);
    expect(harness.texts()).toHaveLength(21);
  });

  test('looks that fail are made one at a time, and pause no posts', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = failNext(5, { kind: 'disconnect', applied: false }, posts);
    await harness.deliver(notes(3));
    harness.discord.faults = ({ method, path }) =>
      method === 'GET' && path.endsWith('/messages')
        ? { kind: 'status', status: 403, body: { code: 50_001 } }
        : undefined;
    await harness.clock.advance(LATER_MS);
    await harness.deliver([{ id: 'other' }]);
    const looks = harness.discord.requests.filter(({ method, path }) => method === 'GET' && path.endsWith('/messages'));
    expect(looks).toHaveLength(1);
    expect(harness.texts()).toEqual(['n2: about n2', 'n3: about n3', 'other: about other']);
  });
});
