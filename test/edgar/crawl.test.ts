import { describe, expect, test } from 'vitest';
import { HOSTILE_NAMES, type Fault } from '../../local/edgar/faults.ts';
import { generatedFeed } from '../../local/edgar/generated-feed.ts';
import type { EdgarRequest } from '../../local/edgar/local-edgar.ts';
import { recordedFeed } from '../../local/edgar/recorded-feed.ts';
import { crawl, Crawler, type Crawl } from '../../src/edgar/index.ts';
import { faultAt, RETRY_MS, runCrawl } from '../support/crawl-run.ts';
import { accessions, entryXml, feedXml, latin1, pageOf } from '../support/feed-xml.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { hasRecordings, recordedCrawls } from '../support/recorded-edgar.ts';
import { plainFeed, runEdgar } from '../support/running-edgar.ts';

const idsOf = ({ filings }: Crawl): string[] => filings.map(({ accession }) => accession);

describe('rows', () => {
  test('without an accession number are left out, counted, and logged once a page with an example', async () => {
    const { complete, filings, refused, rows, logger } = await runCrawl({
      feed: plainFeed(250),
      faults: faultAt(100, 'no-accession'),
    });
    expect({ complete, filings: filings.length, refused, rows }).toEqual({
      complete: false,
      filings: 150,
      refused: 100,
      rows: 250,
    });
    expect(logger.of('edgar_rows_refused').map(({ fields }) => fields)).toEqual([
      {
        start: 100,
        refused: 100,
        reason: 'no accession number in its id, its links or its summary',
        example: expect.stringContaining('Northwind'),
      },
    ]);
  });

  test('with hostile titles keep their titles as data', async () => {
    const { filings, refused } = await runCrawl({
      feed: plainFeed(HOSTILE_NAMES.length),
      faults: faultAt(0, 'hostile-titles'),
    });
    const names = filings.map(({ parties }) => parties[0]?.name);
    expect(refused).toBe(0);
    expect(new Set(names)).toEqual(new Set(HOSTILE_NAMES));
  });

  test('that two pages share are one filing', async () => {
    const listed = accessions(0, 149);
    const pages: readonly Uint8Array[] = [pageOf(listed.slice(0, 100)), pageOf(listed.slice(98))];
    const feed = { ...plainFeed(0), page: ({ start }: { start: number }) => pages[start / 100] ?? null };
    const { rows, filings } = await runCrawl({ feed });
    expect([rows, filings.length]).toEqual([151, 149]);
  });

  test('of one filing on two pages are one filing with all parties', async () => {
    const entry = (cik: number): string =>
      entryXml({ title: `4 - Somebody (${String(cik).padStart(10, '0')}) (Reporting)`, form: '4' });
    const all = Array.from({ length: 130 }, (_, index) => entry(index));
    const feed = {
      ...plainFeed(0),
      page: ({ start }: { start: number }) => latin1(feedXml(...all.slice(start, start + 100))),
    };
    const { filings } = await runCrawl({ feed });
    expect(filings.map(({ parties }) => parties.length)).toEqual([130]);
  });
});

describe('the result', () => {
  test('lists filings oldest first, and those of one second in the reverse order of the feed', async () => {
    const times = ['16:00:02', '16:00:01', '16:00:01', '15:59:00'];
    const listed = accessions(0, times.length);
    const entries = times.map((time, index) =>
      entryXml({ accession: listed[index] ?? '', updated: `2026-01-05T${time}-05:00` }),
    );
    const outcome = await runCrawl({ feed: { ...plainFeed(0), page: () => latin1(feedXml(...entries)) } });
    expect(idsOf(outcome)).toEqual(listed.toReversed());
  });

  test('has filings of exactly the wanted forms, and only pages that may have them are asked for', async () => {
    const feed = generatedFeed({ seed: 3, filings: 400 });
    const all = await runCrawl({ feed });
    const some = await runCrawl({ feed }, { forms: ['4'] });
    const wanted = all.filings.filter(({ form }) => form === '4');
    expect(all.filings.some(({ form }) => form === '4/A')).toBe(true);
    expect(idsOf(some)).toEqual(wanted.map(({ accession }) => accession));
    expect(new Set(some.edgar.requests.map(({ type }) => type))).toEqual(new Set(['4']));
  });

  test('is logged in one line', async () => {
    const { logger } = await runCrawl({ feed: plainFeed(250), faults: faultAt(100, 'html') });
    expect(logger.of('edgar_crawl_finished')).toMatchObject([
      {
        level: 'info',
        fields: {
          filings: 150,
          complete: false,
          pages: 2,
          rows: 150,
          refused: 0,
          problems: 1,
          requests: 8,
          elapsed_ms: 3 * RETRY_MS,
        },
      },
    ]);
  });
});

describe('a signal', () => {
  test.each([100, 0])('ends the crawl during the page at %i, with its reason', async (start) => {
    const reason = new Error('The bot stops.');
    const stop = new AbortController();
    const faults = (request: EdgarRequest): Fault | undefined => {
      if (request.start !== start) return undefined;
      stop.abort(reason);
      return 'hang';
    };
    await expect(runCrawl({ faults }, { signal: stop.signal })).rejects.toBe(reason);
  });

  test('ends the pause before a second attempt', async () => {
    const clock = new ManualClock();
    const { client } = await runEdgar({ faults: () => 'html' }, { clock });
    const reason = new Error('The bot stops.');
    const stop = new AbortController();
    const outcome = crawl({ client, clock, signal: stop.signal }).catch((error: unknown) => error);
    await clock.whenSleeping(RETRY_MS);
    stop.abort(reason);
    expect(await outcome).toBe(reason);
  });
});

test('the event loop turns between pages, even if every answer is there at once', async () => {
  const state = { turns: 0, over: false };
  const turn = (): void => {
    state.turns += 1;
    if (!state.over) setImmediate(turn);
  };
  setImmediate(turn);
  const fetchPage = ({ start }: { start: number }): Promise<Uint8Array> =>
    Promise.resolve(pageOf(accessions(start, 10)));
  const { pages } = await crawl({ client: { fetchPage }, count: 10, maxPages: 5 });
  state.over = true;
  expect(pages).toBe(50);
  expect(state.turns).toBeGreaterThanOrEqual(pages);
});

describe.skipIf(!hasRecordings)('the recorded crawls, through the local EDGAR', { timeout: 60_000 }, () => {
  test('are 3313, 3315 and 3315 filings, each crawl complete, with 5 and 0 new ones', async () => {
    const feed = recordedFeed(recordedCrawls);
    const { client, edgar } = await runEdgar({ feed });
    const crawler = new Crawler({ client });
    const seen = new Set<string>();
    const counts: number[][] = [];
    const requests: number[] = [];
    for (let cycle = 0; cycle < 3; cycle += 1) {
      const outcome = await crawler.crawl();
      expect(new Set(idsOf(outcome))).toEqual(new Set(feed.expected()));
      const fresh = idsOf(outcome).filter((id) => !seen.has(id));
      for (const id of fresh) seen.add(id);
      const partial = outcome.filings.filter((filing) => filing.partial);
      counts.push([outcome.filings.length, fresh.length, Number(outcome.complete), partial.length]);
      requests.push(edgar.requests.length);
      feed.advance();
    }
    expect(counts).toEqual([
      // The last filing is cut off by the end of the feed.
      [3313, 3313, 1, 1],
      [3315, 5, 1, 1],
      [3315, 0, 1, 1],
    ]);
    // The first crawl also looks at the seams between its pages; four of them show a shared row anyway.
    expect(requests).toEqual([98, 150, 202]);
  });
});
