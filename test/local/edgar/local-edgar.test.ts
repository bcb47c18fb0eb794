import { describe, expect, test } from 'vitest';
import { parsePage } from '../../../src/edgar/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { generatedFeed } from '../../../local/edgar/generated-feed.ts';
import { recordedFeed } from '../../../local/edgar/recorded-feed.ts';
import { hasRecordings, recorded, recordedCrawls } from '../../support/recorded-edgar.ts';
import { runEdgar, USER_AGENT } from '../../support/running-edgar.ts';

type Query = Readonly<Record<string, string | number>>;

async function ask(baseUrl: string, query: Query, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const url = new URL('/cgi-bin/browse-edgar', baseUrl);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
  return fetch(url, { headers: { 'User-Agent': USER_AGENT, ...headers } });
}

async function rowCount(response: Response): Promise<number> {
  return parsePage(await response.bytes()).rows.length;
}

describe('the local EDGAR', () => {
  test.each([
    [{ start: 0, count: 10 }, 10],
    [{ start: 0, count: 80 }, 80],
    [{ start: 100, count: 100 }, 50],
    [{ start: 0 }, 40],
    [{ count: 17 }, 40],
  ])('the query %j is answered with %i rows', async (query, rows) => {
    const { edgar } = await runEdgar();
    expect(await rowCount(await ask(edgar.baseUrl, query))).toBe(rows);
  });

  test('a page past the end is answered with HTTP 503 "File Unavailable"', async () => {
    const { edgar } = await runEdgar();
    const response = await ask(edgar.baseUrl, { start: 200, count: 100 });
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('File Unavailable');
  });

  test('pages are sent, and declared, in ISO-8859-1', async () => {
    const { edgar } = await runEdgar({ feed: generatedFeed({ seed: 1 }) });
    const bytes = Buffer.from(await (await ask(edgar.baseUrl, { count: 100 })).bytes());
    expect(bytes.toString('latin1')).toMatch(/^<\?xml version="1.0" encoding="ISO-8859-1" \?>/);
    expect(bytes.includes(0xe9)).toBe(true);
    expect(bytes.includes(Buffer.from('é', 'utf8'))).toBe(false);
  });

  test('pages are compressed for clients that accept it', async () => {
    const { edgar } = await runEdgar();
    const encodingFor = async (accepted: string): Promise<string | null> =>
      (await ask(edgar.baseUrl, {}, { 'Accept-Encoding': accepted })).headers.get('content-encoding');
    expect([await encodingFor('gzip, deflate'), await encodingFor('identity')]).toEqual(['gzip', null]);
  });

  test.each(['node', 'Mozilla/5.0', ''])('the User-Agent %j is refused', async (userAgent) => {
    const { edgar } = await runEdgar();
    const response = await ask(edgar.baseUrl, {}, { 'User-Agent': userAgent });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('Undeclared Automated Tool');
  });

  test('a client that asks more often than the limit is blocked for a while', async () => {
    const clock = new ManualClock();
    const { edgar } = await runEdgar({ clock, requestsPerSecond: 2 });
    const statuses: number[] = [];
    for (const pause of [0, 0, 0, 1000]) {
      await clock.advance(pause);
      statuses.push((await ask(edgar.baseUrl, {})).status);
    }
    expect(statuses).toEqual([200, 200, 403, 200]);
  });

  test('any other path is not found', async () => {
    const { edgar } = await runEdgar();
    expect((await fetch(`${edgar.baseUrl}/Archives/`)).status).toBe(404);
    expect(edgar.requests).toEqual([]);
  });

  test('closing it twice does no harm', async () => {
    const { edgar } = await runEdgar();
    await edgar.close();
    await expect(edgar.close()).resolves.toBeUndefined();
  });
});

test('a folder without recorded crawls is refused', () => {
  expect(() => recordedFeed(import.meta.dirname)).toThrow('no recorded crawl');
});

describe.skipIf(!hasRecordings)('the recorded feed', () => {
  test('it serves the recorded bytes, and no page past them', () => {
    const feed = recordedFeed(recordedCrawls);
    const file = 'crawls/A_2025-12-12T180234ET_all/04_count100_start0100.xml';
    expect(feed.page({ start: 100, count: 100, type: '' })).toEqual(recorded(file));
    expect(feed.page({ start: 5100, count: 100, type: '' })).toBeNull();
  });

  test('it selects forms by their beginning', () => {
    const feed = recordedFeed(recordedCrawls);
    const rows = [0, 100, 200, 300].flatMap((start) => {
      const page = feed.page({ start, count: 100, type: '8-K' });
      return page === null ? [] : parsePage(page).rows;
    });
    expect(Object.fromEntries(Map.groupBy(rows, ({ form }) => form))).toMatchObject({
      '8-K': { length: 283 },
      '8-K/A': { length: 6 },
    });
  });

  test('it stays at the last crawl', () => {
    const feed = recordedFeed(recordedCrawls);
    const listed = Array.from({ length: 4 }, () => {
      const { length } = feed.expected();
      feed.advance();
      return length;
    });
    expect(listed).toEqual([3313, 3315, 3315, 3315]);
  });
});
