import { describe, expect, test } from 'vitest';
import { EdgarClient, parsePage, type PageRequest } from '../../src/edgar/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import type { Fault } from '../../local/edgar/faults.ts';
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

test('requests keep to the rate, however many are asked for at once', async () => {
  const { edgar, client } = await runEdgar({}, { requestsPerSecond: 50 });
  await Promise.all(Array.from({ length: 11 }, () => client.fetchPage(FIRST)));
  const times = edgar.requests.map(({ at }) => at);
  expect(times).toHaveLength(11);
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(180);
});

describe('a block page', () => {
  test.each<[Fault, string, number, RegExp]>([
    ['rate', 'rate', 10, /more than 10 requests a second.*another 600 s/],
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

  test('also stops the requests that were waiting for their turn', async () => {
    const { edgar, client } = await runEdgar({ faults: () => 'rate' }, { requestsPerSecond: 20 });
    const outcomes = await Promise.allSettled([
      client.fetchPage(FIRST),
      client.fetchPage(FIRST),
      client.fetchPage(FIRST),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
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
