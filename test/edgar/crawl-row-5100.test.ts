import { describe, expect, test } from 'vitest';
import { crawl, EdgarHtmlPageError, EdgarTimeoutError } from '../../src/edgar/index.ts';
import { RETRY_MS } from '../support/crawl-run.ts';
import { accessions, pageOf } from '../support/feed-xml.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { pageClient, UNAVAILABLE } from '../support/page-client.ts';

/** The pages of a feed of 5,100 rows and more, of which EDGAR gives the first 5,100. */
function longFeed(isGiven: (start: number) => boolean) {
  const listed = accessions(0, 5200);
  const starts: number[] = [];
  const fetchPage = ({ start }: { start: number }): Promise<Uint8Array> => {
    starts.push(start);
    if (start >= 5100 || !isGiven(start)) return Promise.reject(UNAVAILABLE);
    return Promise.resolve(pageOf(listed.slice(start, start + 100)));
  };
  return { client: { fetchPage }, starts };
}

function timesAsked({ starts }: { readonly starts: readonly number[] }, place: number): number {
  return starts.filter((start) => start === place).length;
}

describe('row 5100', () => {
  test('ends every feed, and is asked for once', async () => {
    const { client, starts } = longFeed(() => true);
    const { complete, pages, rows } = await crawl({ client, clock: new ManualClock() });
    expect({ complete, pages, rows }).toEqual({ complete: true, pages: 51, rows: 5100 });
    expect(starts.slice(0, 52)).toEqual(Array.from({ length: 52 }, (_, page) => page * 100));
    expect(starts.filter((start) => start >= 5100)).toEqual([5100]);
  });

  test('ends a feed whose server refuses every page that begins inside of another', async () => {
    const { client, starts } = longFeed((start) => start % 100 === 0);
    const { complete, rows, filings } = await crawl({ client, clock: new ManualClock() });
    expect({ complete, rows, filings: filings.length }).toEqual({ complete: true, rows: 5100, filings: 5100 });
    // No pause, ten refusals, and one page to see that it is no outage.
    expect(starts).toHaveLength(52 + 10 + 1);
    expect(filings.filter(({ partial }) => partial).length).toBeGreaterThan(50);
  });

  test.each([
    ['a timeout', new EdgarTimeoutError(30_000)],
    ['an HTML page', new EdgarHtmlPageError('An HTML page.')],
  ])('is no end where it is answered with %s: it is asked for again', async (_, error) => {
    const clock = new ManualClock();
    const once = pageClient(5100);
    once.answer = (start) => (start < 5100 ? undefined : timesAsked(once, 5100) === 1 ? error : UNAVAILABLE);
    expect(await clock.drive(crawl({ client: once, clock }), { upTo: RETRY_MS })).toMatchObject({ complete: true });

    const always = pageClient(6000);
    always.answer = (start) => (start >= 5100 ? error : undefined);
    const { complete, filings, problems } = await clock.drive(crawl({ client: always, clock }), { upTo: RETRY_MS });
    // The page that looks for the end begins at row 5050.
    expect([complete, filings.length]).toEqual([false, 5150]);
    expect(problems).toMatchObject([{ start: 5150, code: error.code }]);
  });

  test.each([5000, 5099])('is not needed for the end of a feed of %i rows', async (count) => {
    const client = pageClient(count);
    client.answer = (start) => (start >= count || start > 5000 ? UNAVAILABLE : undefined);
    const { complete, rows } = await crawl({ client, clock: new ManualClock() });
    expect({ complete, rows }).toEqual({ complete: true, rows: count });
  });

  test('ends a feed whose pages have drifted, since one of them lost a row', async () => {
    const client = pageClient(5300);
    const listed = accessions(0, 5300);
    client.answer = (start) => {
      if (start >= 5100) return UNAVAILABLE;
      return start === 700 ? pageOf(listed.slice(700, 799)) : undefined;
    };
    const { complete, filings } = await crawl({ client, clock: new ManualClock() });
    expect([complete, filings.length]).toEqual([true, 5199]);
  });

  test('is no end of a feed that goes on behind it', async () => {
    const clock = new ManualClock();
    const client = pageClient(6000);
    client.answer = (start) => (start >= 5700 ? UNAVAILABLE : undefined);
    const { complete, filings } = await clock.drive(crawl({ client, clock }), { upTo: RETRY_MS });
    expect([complete, filings.length]).toEqual([false, 5750]);
  });

  test('does not end a crawl of which a page was not to be had', async () => {
    const { client } = longFeed((start) => start !== 5000 && start % 100 === 0);
    const clock = new ManualClock();
    const { complete, rows } = await clock.drive(crawl({ client, clock }), { upTo: 2000 });
    expect({ complete, rows }).toEqual({ complete: false, rows: 5000 });
  });
});
