import { describe, expect, test } from 'vitest';
import type { Fault } from '../../local/edgar/faults.ts';
import type { EdgarRequest } from '../../local/edgar/local-edgar.ts';
import { crawl, EdgarUnavailableError } from '../../src/edgar/index.ts';
import { faultAt, runCrawl } from '../support/crawl-run.ts';
import { accessions, feedXml, latin1, pageOf } from '../support/feed-xml.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { plainFeed } from '../support/running-edgar.ts';

describe('the end of the feed', () => {
  test('is a short page after which nothing is listed', async () => {
    const { complete, starts, pages, rows, filings } = await runCrawl({ feed: plainFeed(250) });
    // The page after it is asked for once, and is not there.
    expect(starts).toEqual([0, 100, 200, 300]);
    expect({ complete, pages, rows }).toEqual({ complete: true, pages: 3, rows: 250 });
    expect(filings).toHaveLength(250);
  });

  test('is a short page even if it is the only one', async () => {
    const { complete, starts, filings } = await runCrawl({ feed: plainFeed(7) });
    expect({ complete, starts, filings: filings.length }).toEqual({ complete: true, starts: [0, 100], filings: 7 });
  });

  test('is a short page before row 5100, and no page is asked for there', async () => {
    const full = latin1(feedXml(...Array.from({ length: 100 }, () => '<entry/>')));
    const short = pageOf(accessions(0, 3));
    const starts: number[] = [];
    const fetchPage = ({ start }: { start: number }): Promise<Uint8Array> => {
      starts.push(start);
      return Promise.resolve(start < 5000 ? full : short);
    };
    const { complete, pages } = await crawl({ client: { fetchPage }, clock: new ManualClock() });
    expect([complete, pages, starts.length]).toEqual([true, 51, 51]);
  });

  test('is no short page that another one follows: rows are missing, and the crawl goes on', async () => {
    const outcome = await runCrawl({ feed: plainFeed(350), faults: faultAt(100, 'short') });
    expect(outcome.starts).toEqual([0, 100, 200, 200, 300, 400]);
    expect([outcome.complete, outcome.filings.length]).toEqual([false, 290]);
    expect(outcome.problems).toMatchObject([{ start: 100, code: 'EDGAR_PAGE' }]);
    expect(outcome.logger.of('edgar_page_short')).toMatchObject([
      {
        level: 'warn',
        fields: { start: 100, message: 'The page has 40 rows in place of 100, and another one follows.' },
      },
    ]);
  });

  test('is a lasting 503 between a page that answers and one that does not', async () => {
    const { complete, starts, filings } = await runCrawl({ feed: plainFeed(200) });
    expect({ complete, starts }).toEqual({ complete: true, starts: [0, 100, 200, 200, 100, 300] });
    expect(filings).toHaveLength(200);
  });

  test('is the 503 at row 5100, which is asked for once', async () => {
    const starts: number[] = [];
    // Rows without anything in them take no time to parse, and count all the same.
    const page = latin1(feedXml(...Array.from({ length: 100 }, () => '<entry/>')));
    const fetchPage = ({ start }: { start: number }): Promise<Uint8Array> => {
      starts.push(start);
      return start < 5100 ? Promise.resolve(page) : Promise.reject(new EdgarUnavailableError());
    };
    const { complete, pages, refused } = await crawl({ client: { fetchPage }, clock: new ManualClock() });
    expect({ complete, pages, refused }).toEqual({ complete: true, pages: 51, refused: 5100 });
    expect([starts.length, starts.at(-1)]).toEqual([52, 5100]);
  });

  test('is an empty page that is still empty at the second attempt', async () => {
    const { complete, starts, pages } = await runCrawl({ feed: plainFeed(200), faults: faultAt(200, 'empty') });
    expect({ complete, starts, pages }).toEqual({ complete: true, starts: [0, 100, 200, 200], pages: 2 });
  });

  test.each([
    [[], 'warn', 'all'],
    [['8-K', '8-K/A'], 'info', '8-K, 8-K/A'],
  ])('is the first page of an empty feed, which is logged (forms: %j)', async (forms, level, logged) => {
    const { complete, filings, starts, logger } = await runCrawl({ feed: plainFeed(0) }, { forms });
    expect({ complete, filings, starts }).toEqual({ complete: true, filings: [], starts: [0] });
    expect(logger.of('edgar_feed_empty')).toMatchObject([{ level, fields: { forms: logged } }]);
  });

  test('is no empty page that has rows at the second attempt', async () => {
    const { complete, filings } = await runCrawl({ feed: plainFeed(250), faults: faultAt(100, 'empty', 1) });
    expect([complete, filings.length]).toEqual([true, 250]);
  });

  test('is reached after the greatest number of pages, even if EDGAR repeats itself for ever', async () => {
    const feed = { ...plainFeed(0), page: () => pageOf(accessions(0, 100)) };
    const { complete, starts, filings, logger } = await runCrawl({ feed }, { maxPages: 7 });
    expect([complete, starts.length, filings.length]).toEqual([false, 7, 100]);
    expect(logger.of('edgar_feed_endless')).toHaveLength(1);
  });
});

describe('an outage', () => {
  test('is a lasting 503 on the first page', async () => {
    const { complete, filings, starts, problems } = await runCrawl({ faults: () => 'unavailable' });
    expect({ complete, filings, starts }).toEqual({ complete: false, filings: [], starts: [0, 0] });
    expect(problems).toMatchObject([{ start: 0, code: 'EDGAR_UNAVAILABLE' }]);
  });

  test('is a 503 in the middle once the page before has gone too', async () => {
    let down = false;
    const faults = ({ start }: EdgarRequest): Fault | undefined => {
      down ||= start === 200;
      return down ? 'unavailable' : undefined;
    };
    const { complete, filings, logger } = await runCrawl({ feed: plainFeed(450), faults });
    expect([complete, filings.length]).toEqual([false, 200]);
    expect(logger.of('edgar_outage')).toHaveLength(1);
  });

  test('of one page leaves out that page only', async () => {
    const { complete, filings, problems } = await runCrawl({
      feed: plainFeed(450),
      faults: faultAt(200, 'unavailable'),
    });
    expect([complete, filings.length]).toEqual([false, 350]);
    expect(problems).toMatchObject([{ start: 200, code: 'EDGAR_UNAVAILABLE' }]);
  });

  test('that is over at the second attempt leaves out nothing', async () => {
    const { complete, filings } = await runCrawl({ feed: plainFeed(250), faults: faultAt(100, 'unavailable', 1) });
    expect([complete, filings.length]).toEqual([true, 250]);
  });
});
