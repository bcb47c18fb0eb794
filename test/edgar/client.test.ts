import { describe, expect, test } from 'vitest';
import { EdgarClient, EdgarPageError, parsePage, type PageRequest } from '../../src/edgar/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import type { Fault } from '../../local/edgar/faults.ts';
import { runServer } from '../support/answering-server.ts';
import { runEdgar, USER_AGENT } from '../support/running-edgar.ts';

const FIRST: PageRequest = { start: 0, count: 100, type: '' };

test('a page is asked for by name, compressed, and has the right rows', async () => {
  const { edgar, client } = await runEdgar();
  const { rows } = parsePage(await client.fetchPage({ start: 100, count: 40, type: '8-K' }));
  expect(rows).toHaveLength(40);
  expect(edgar.requests).toMatchObject([
    { start: 100, count: 40, type: '8-K', userAgent: USER_AGENT, acceptEncoding: 'gzip, deflate' },
  ]);
});

test('the base URL may have a path of its own', async () => {
  const { edgar } = await runEdgar();
  const clientFor = (path: string): EdgarClient =>
    new EdgarClient({ userAgent: USER_AGENT, baseUrl: `${edgar.baseUrl}${path}` });
  await expect(clientFor('/').fetchPage(FIRST)).resolves.toBeInstanceOf(Uint8Array);
  await expect(clientFor('/mirror').fetchPage(FIRST)).rejects.toMatchObject({ status: 404 });
});

test.each<[Fault, string, RegExp]>([
  ['error-500', 'EDGAR_STATUS', /HTTP 500/],
  ['access-denied', 'EDGAR_STATUS', /HTTP 403/],
  ['unavailable', 'EDGAR_UNAVAILABLE', /HTTP 503/],
  ['reset', 'EDGAR_NETWORK', /connection broke: \w+/],
  ['huge', 'EDGAR_PAGE_TOO_LARGE', /larger than 5000000 bytes/],
  ['zip-bomb', 'EDGAR_PAGE_TOO_LARGE', /larger than 5000000 bytes/],
])('the fault %s is an error with a code of its own', async (fault, code, message) => {
  const { client } = await runEdgar({ faults: () => fault });
  await expect(client.fetchPage(FIRST)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(client.blockedUntil).toBeNull();
});

test.each<[string, string, string]>([
  ['an answer without content', 'HTTP/1.1 204 No Content', 'EDGAR_STATUS'],
  ['part of an answer', 'HTTP/1.1 206 Partial Content\r\nContent-Length: 0', 'EDGAR_STATUS'],
  ['no news', 'HTTP/1.1 304 Not Modified', 'EDGAR_STATUS'],
  ['a status that does not exist', 'HTTP/1.1 999 No\r\nContent-Length: 0', 'EDGAR_STATUS'],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade', 'EDGAR_NETWORK'],
  ['a promise to go on', 'HTTP/1.1 100 Continue', 'EDGAR_NETWORK'],
  ['an empty page', 'HTTP/1.1 200 OK\r\nContent-Length: 0', 'EDGAR_PAGE_TRUNCATED'],
  ['a page that ends too soon', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close', 'EDGAR_NETWORK'],
  [
    'a page that is not compressed as it says',
    'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain',
    'EDGAR_NETWORK',
  ],
])('%s is an error of the page', async (_, head, code) => {
  const { url } = await runServer((__, ___, { socket }) => void socket.end(`${head}\r\n\r\n`));
  const client = new EdgarClient({ userAgent: USER_AGENT, baseUrl: url });
  const error: unknown = await client.fetchPage(FIRST).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EdgarPageError);
  expect(error).toMatchObject({ code });
  expect(client.blockedUntil).toBeNull();
});

test('a server that cannot be reached is a network error that says so', async () => {
  const { edgar, client } = await runEdgar();
  await edgar.close();
  await expect(client.fetchPage(FIRST)).rejects.toMatchObject({
    code: 'EDGAR_NETWORK',
    message: expect.stringContaining('ECONNREFUSED'),
    cause: expect.any(Error),
  });
});

test.each<Fault>(['hang', 'stall'])('a server that does not finish (%s) times out', async (fault) => {
  const clock = new ManualClock();
  const { edgar, client } = await runEdgar({ faults: () => fault }, { clock, timeoutMs: 7000 });
  const outcome = client.fetchPage(FIRST).catch((error: unknown) => error);
  await clock.whenSleeping(7000);
  await expect.poll(() => edgar.requests.length).toBe(1);
  await clock.advance(7000);
  expect(await outcome).toMatchObject({ code: 'EDGAR_TIMEOUT', timeoutMs: 7000 });
  expect(clock.sleeping).toEqual([]);
});

test('a page that arrives leaves no timer behind', async () => {
  const clock = new ManualClock();
  const { client } = await runEdgar({}, { clock });
  await client.fetchPage(FIRST);
  expect(clock.sleeping).toEqual([]);
});

describe('a signal', () => {
  const reason = new Error('The bot stops.');

  test('ends a request that is under way', async () => {
    const { edgar, client } = await runEdgar({ faults: () => 'hang' });
    const stop = new AbortController();
    const outcome = client.fetchPage(FIRST, stop.signal).catch((error: unknown) => error);
    await expect.poll(() => edgar.requests.length).toBe(1);
    stop.abort(reason);
    expect(await outcome).toBe(reason);
  });

  test('ends the wait for a turn', async () => {
    const { edgar, client } = await runEdgar({}, { requestsPerSecond: 0.001 });
    await client.fetchPage(FIRST);
    const stop = new AbortController();
    const outcome = client.fetchPage(FIRST, stop.signal).catch((error: unknown) => error);
    stop.abort(reason);
    expect(await outcome).toBe(reason);
    expect(edgar.requests).toHaveLength(1);
  });
});

test.each([-5, 5])('requests go on at their rate when the clock is set by %d h', async (hours) => {
  const clock = new ManualClock();
  const { edgar, client } = await runEdgar({}, { clock, requestsPerSecond: 5 });
  await client.fetchPage(FIRST);
  clock.step(hours * 3_600_000);
  const next = client.fetchPage(FIRST);
  await clock.whenSleeping(200);
  await clock.advance(200);
  await next;
  expect(edgar.requests).toHaveLength(2);
});

test('requests keep to the rate, however many are asked for at once', async () => {
  const clock = new ManualClock();
  const { edgar, client } = await runEdgar({}, { clock, requestsPerSecond: 50 });
  const pages = Array.from({ length: 11 }, () => client.fetchPage(FIRST));
  for (let sent = 1; sent <= 11; sent += 1) {
    await expect.poll(() => edgar.requests.length).toBe(sent);
    await clock.advance(19);
    expect(edgar.requests).toHaveLength(sent);
    await clock.advance(1);
  }
  await Promise.all(pages);
});

describe('a block page', () => {
  test.each<[Fault, string, number, RegExp]>([
    ['rate', 'rate', 10, /or a proxy before it, .*more than 10 requests a second.*another 600 s/],
    ['undeclared', 'undeclared', 60, /Set a real User-Agent: EDGAR_USER_AGENT=.*another 3600 s/],
  ])('(%s) keeps the client from asking for its time', async (fault, kind, minutes, message) => {
    const clock = new ManualClock();
    let blocking = true;
    const { edgar, client } = await runEdgar({ faults: () => (blocking ? fault : undefined) }, { clock });
    const blockedUntil = new Date(clock.now() + minutes * 60_000);
    await expect(client.fetchPage(FIRST)).rejects.toMatchObject({
      code: 'EDGAR_BLOCKED',
      kind,
      blockedUntil,
      message: expect.stringMatching(message),
    });

    blocking = false;
    await clock.advance(minutes * 60_000 - 5000);
    expect(client.blockedUntil).toEqual(blockedUntil);
    await expect(client.fetchPage(FIRST)).rejects.toThrow('another 5 s');
    expect(edgar.requests).toHaveLength(1);

    await clock.advance(5000);
    expect(client.blockedUntil).toBeNull();
    await client.fetchPage(FIRST);
    expect(edgar.requests).toHaveLength(2);
  });

  test.each([
    ['a number of seconds', 429, '90', 90],
    ['a date', 403, new Date(new ManualClock().now() + 240_000).toUTCString(), 240],
    ['no time at all', 429, '0', 60],
    ['a year', 503, String(365 * 86_400), 3600],
  ])('lasts as long as it says, within bounds: %s', async (_, status, retryAfter, seconds) => {
    const { url, paths } = await runServer((__, response) => {
      response.writeHead(status, { 'Retry-After': retryAfter, Date: 'unknown' }).end('Too many requests');
    });
    const clock = new ManualClock();
    const client = new EdgarClient({ userAgent: USER_AGENT, baseUrl: url, clock, requestsPerSecond: 1e18 });
    const blockedUntil = new Date(clock.now() + seconds * 1000);
    await expect(client.fetchPage(FIRST)).rejects.toMatchObject({ code: 'EDGAR_BLOCKED', blockedUntil });
    await clock.advance(seconds * 1000 - 1);
    await expect(client.fetchPage(FIRST)).rejects.toThrow('another 1 s');
    await clock.advance(1);
    await expect(client.fetchPage(FIRST)).rejects.toMatchObject({ code: 'EDGAR_BLOCKED' });
    expect(paths).toHaveLength(2);
  });

  test.each([-5, 5])('is neither longer nor shorter when the clock is set by %d h meanwhile', async (hours) => {
    const clock = new ManualClock();
    let blocking = true;
    const { edgar, client } = await runEdgar({ faults: () => (blocking ? 'rate' : undefined) }, { clock });
    await expect(client.fetchPage(FIRST)).rejects.toMatchObject({ code: 'EDGAR_BLOCKED' });
    blocking = false;
    clock.step(hours * 3_600_000);
    await clock.advance(599_000);
    await expect(client.fetchPage(FIRST)).rejects.toThrow(new Date(clock.now() + 1000).toISOString());
    await clock.advance(1000);
    await client.fetchPage(FIRST);
    expect(edgar.requests).toHaveLength(2);
  });

  test('also stops the requests that were waiting for their turn', async () => {
    const clock = new ManualClock();
    const { edgar, client } = await runEdgar({ faults: () => 'rate' }, { clock, requestsPerSecond: 20 });
    const first = client.fetchPage(FIRST);
    const others = Promise.allSettled([client.fetchPage(FIRST), client.fetchPage(FIRST)]);
    await expect(first).rejects.toMatchObject({ code: 'EDGAR_BLOCKED' });
    await clock.advance(1_000);
    expect((await others).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(edgar.requests).toHaveLength(1);
  });

  test('makes the next request fail at once, without a wait for its turn', async () => {
    const { client } = await runEdgar({ faults: () => 'rate' }, { requestsPerSecond: 0.001 });
    await expect(client.fetchPage(FIRST)).rejects.toThrow('another 600 s');
    await expect(client.fetchPage(FIRST)).rejects.toMatchObject({ code: 'EDGAR_BLOCKED' });
  });

  test('answers a client that does not declare itself', async () => {
    const { edgar } = await runEdgar();
    const undeclared = await fetch(`${edgar.baseUrl}/cgi-bin/browse-edgar?count=100&start=0`);
    expect(undeclared.status).toBe(403);
    expect(await undeclared.text()).toContain('Undeclared Automated Tool');
    const declared = new EdgarClient({ userAgent: USER_AGENT, baseUrl: edgar.baseUrl });
    await expect(declared.fetchPage(FIRST)).resolves.toBeInstanceOf(Uint8Array);
  });
});
