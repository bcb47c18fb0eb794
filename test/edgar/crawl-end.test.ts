import { describe, expect, test } from 'vitest';
import type { Fault } from '../../local/edgar/faults.ts';
import type { FeedSource } from '../../local/edgar/feed-source.ts';
import type { EdgarRequest } from '../../local/edgar/local-edgar.ts';
import { cappedFeed, startlessFeed } from '../../local/edgar/odd-feeds.ts';
import { faultAt, runCrawl } from '../support/crawl-run.ts';
import { accessions, pageOf } from '../support/feed-xml.ts';
import { plainFeed } from '../support/running-edgar.ts';

const faultFrom =
  (start: number, fault: Fault, attempts = Infinity) =>
  (request: EdgarRequest): Fault | undefined =>
    request.start >= start && request.attempt <= attempts ? fault : undefined;

describe('the end of the feed', () => {
  test('is proven by a page that overlaps it and shows nothing after it', async () => {
    const { complete, starts, pages, rows, filings } = await runCrawl({ feed: plainFeed(290) });
    // After the end, over the end, and over both seams between the pages.
    expect(starts).toEqual([0, 100, 200, 290, 240, 50, 150]);
    expect({ complete, pages, rows }).toEqual({ complete: true, pages: 3, rows: 290 });
    expect(filings).toHaveLength(290);
  });

  test.each([1, 2, 3, 7, 99, 101])('is proven for a feed of %i rows', async (rows) => {
    const { complete, filings, problems } = await runCrawl({ feed: plainFeed(rows) });
    expect({ complete, filings: filings.length, problems }).toEqual({ complete: true, filings: rows, problems: [] });
  });

  test.each<[number, Fault | undefined]>([
    [100, undefined],
    [200, undefined],
    [300, 'empty'],
  ])('is proven after %i rows on full pages, with nothing or an empty page behind them', async (rows, fault) => {
    const faults = fault && faultFrom(rows, fault);
    const { complete, filings } = await runCrawl({ feed: plainFeed(rows), ...(faults && { faults }) });
    expect([complete, filings.length]).toEqual([true, rows]);
  });

  test('is no 503 that is over by the next round', async () => {
    const { complete, filings } = await runCrawl({ feed: plainFeed(290), faults: faultAt(200, 'unavailable', 2) });
    expect([complete, filings.length]).toEqual([true, 290]);
  });

  test.each<[number, number[]]>([
    [100, [0, 100, 50, 100]],
    [200, [0, 100, 200, 150, 200, 50]],
  ])(
    'after %i rows on full pages is proven by a page before it, and by nothing after it when asked again',
    async (rows, expected) => {
      const { complete, starts } = await runCrawl({ feed: plainFeed(rows) });
      expect({ complete, starts }).toEqual({ complete: true, starts: expected });
    },
  );

  test('is proven in the same way on a server that gives few rows a page', async () => {
    const { complete, starts } = await runCrawl({ feed: cappedFeed(plainFeed(80), 40) });
    expect({ complete, starts }).toEqual({ complete: true, starts: [0, 40, 80, 60, 80, 20] });
  });

  test('is not where one page was empty and another one short at the same time', async () => {
    const faults = ({ start, attempt }: EdgarRequest): Fault | undefined => {
      if (start === 80 && attempt === 1) return 'empty';
      return start === 40 && attempt === 1 ? 'short' : undefined;
    };
    const { complete, filings } = await runCrawl({ feed: cappedFeed(plainFeed(290), 80), faults });
    expect([complete, filings.length]).toEqual([true, 290]);
  });

  test.each<Fault>(['unavailable', 'empty', 'reset', 'error-500'])(
    'is not proven while everything after a page is answered with a fault (%s)',
    async (fault) => {
      const faults = ({ start }: EdgarRequest): Fault | undefined => (start >= 150 ? fault : undefined);
      const outcome = await runCrawl({ feed: plainFeed(290), faults });
      expect([outcome.complete, outcome.filings.length, outcome.problems.length]).toEqual([false, 200, 1]);
      expect(outcome.problems).toMatchObject([{ start: 200 }]);
      expect(outcome.logger.of('edgar_end_unproven')).toMatchObject([{ level: 'warn', fields: { start: 200 } }]);
      expect(outcome.fault).toBeUndefined();
      expect(outcome.starts.length).toBeLessThanOrEqual(30);
    },
  );

  test('is found behind a page that stays bad, without the crawl being complete', async () => {
    const { complete, filings, problems } = await runCrawl({ feed: plainFeed(450), faults: faultAt(200, 'html') });
    expect([complete, filings.length]).toEqual([false, 350]);
    expect(problems).toMatchObject([{ start: 200, code: 'EDGAR_PAGE_HTML' }]);
  });

  test('is looked for before a page that stays unavailable, by a page that has rows of it', async () => {
    const { complete, filings, problems } = await runCrawl({
      feed: plainFeed(450),
      faults: faultAt(200, 'unavailable'),
    });
    // Nothing but the seam at row 250 is in doubt: the page that overlaps it would begin at row 200.
    expect([complete, filings.length]).toEqual([false, 450]);
    expect(problems).toMatchObject([{ start: 250, code: 'EDGAR_PAGE' }]);
  });

  test.each<Fault>(['short', 'truncated'])(
    'is no page that lost rows (%s): the next begins after the last row',
    async (fault) => {
      const outcome = await runCrawl({ feed: plainFeed(350), faults: faultAt(100, fault) });
      expect([outcome.complete, outcome.filings.length]).toEqual([true, 350]);
    },
  );

  test('is no page that lost rows, even if the one behind it is answered with 503 at first', async () => {
    const faults = (request: EdgarRequest): Fault | undefined => {
      if (request.start === 200) return 'short';
      return request.start === 240 && request.attempt <= 2 ? 'unavailable' : undefined;
    };
    const { complete, filings } = await runCrawl({ feed: plainFeed(290), faults });
    expect([complete, filings.length]).toEqual([true, 290]);
  });

  test('is not proven by an overlapping page that lost rows itself', async () => {
    const faults = ({ start }: EdgarRequest): Fault | undefined => {
      if (start === 240) return 'short';
      return start >= 290 ? 'unavailable' : undefined;
    };
    const { complete, filings } = await runCrawl({ feed: plainFeed(290), faults });
    expect([complete, filings.length]).toEqual([false, 290]);
  });

  test.each([40, 7])('is found on a server that gives %i rows a page in place of 100', async (most) => {
    const { complete, filings, rows } = await runCrawl({ feed: cappedFeed(plainFeed(290), most) });
    expect([complete, filings.length, rows]).toEqual([true, 290, 290]);
  });

  test('is not found on a server that gives the same page for every start: the operator is told', async () => {
    const outcome = await runCrawl({ feed: startlessFeed(plainFeed(290)) });
    expect([outcome.complete, outcome.filings.length]).toEqual([false, 100]);
    expect(outcome.starts).toEqual([0, 100, 200]);
    expect(outcome.fault).toContain('the same page for every start');
    expect(outcome.logger.of('edgar_start_ignored')).toMatchObject([{ level: 'error' }]);
  });

  test.each([
    [20, 100, 20],
    [100, 40, 40],
  ])('is found on pages of %i rows, of which the server gives %i at most', async (count, most, size) => {
    const { complete, rows, pages, fault } = await runCrawl(
      { feed: cappedFeed(plainFeed(690), most) },
      { count, maxPages: 7 },
    );
    expect({ complete, rows, pages, fault }).toEqual({
      complete: true,
      rows: 690,
      pages: Math.ceil(690 / size),
      fault: undefined,
    });
  });

  test('is given up in bounded time on a server that gives one row a page', async () => {
    const { complete, pages, fault } = await runCrawl({ feed: cappedFeed(plainFeed(2000), 1) }, { maxPages: 3 });
    expect({ complete, pages }).toEqual({ complete: false, pages: 30 });
    expect(fault).toContain('not ended after 30 pages');
  });

  test('is given up after the greatest number of pages', async () => {
    const outcome = await runCrawl({ feed: plainFeed(2000) }, { maxPages: 7 });
    expect([outcome.complete, outcome.pages, outcome.filings.length]).toEqual([false, 7, 700]);
    expect(outcome.fault).toContain('not ended after 7 pages');
    expect(outcome.logger.of('edgar_feed_endless')).toMatchObject([{ level: 'error', fields: { start: 700 } }]);
  });
});

describe('an outage', () => {
  test('from the first page on is told, and costs few requests', async () => {
    const { complete, filings, starts, problems, fault, logger } = await runCrawl({ faults: () => 'unavailable' });
    expect({ complete, filings }).toEqual({ complete: false, filings: [] });
    expect(starts).toHaveLength(4 * 3);
    expect(problems).toMatchObject([{ start: 0, code: 'EDGAR_UNAVAILABLE' }]);
    expect(fault).toContain('503');
    expect(logger.of('edgar_outage')).toHaveLength(1);
  });

  test('that begins in the middle of a long crawl costs at most 40 requests', async () => {
    let asked = 0;
    const faults = (): Fault | undefined => ((asked += 1) > 30 ? 'unavailable' : undefined);
    const { complete, filings, starts } = await runCrawl({ feed: plainFeed(5100), faults });
    expect([complete, filings.length]).toEqual([false, 3000]);
    expect(starts.length).toBeLessThanOrEqual(30 + 40);
  });

  test('of the first pages leaves out their rows, and nothing else', async () => {
    const faults = ({ start }: EdgarRequest): Fault | undefined => (start < 200 ? 'unavailable' : undefined);
    const { complete, filings, problems } = await runCrawl({ feed: plainFeed(290), faults });
    expect([complete, filings.length]).toEqual([false, 90]);
    expect(problems).toMatchObject([{ start: 0, code: 'EDGAR_UNAVAILABLE' }]);
  });
});

test('a page that gives back a row or two more has the feed read on', async () => {
  const listed = accessions(0, 230);
  let visible = 201;
  const feed: FeedSource = {
    page: ({ start, count }) => {
      // The last rows appear once the end was asked for.
      if (start >= 201) visible = start === 201 ? 201 : 230;
      if (start === 151) visible = 230;
      return start < visible ? pageOf(listed.slice(0, visible).slice(start, start + count)) : null;
    },
    advance: () => undefined,
    expected: () => listed,
  };
  const { complete, filings } = await runCrawl({ feed });
  expect([complete, filings.length]).toEqual([true, 230]);
});
