import { describe, expect, test } from 'vitest';
import type { FeedSource } from '../../local/edgar/feed-source.ts';
import { Crawler, type Crawl } from '../../src/edgar/index.ts';
import { faultAt, runCrawl } from '../support/crawl-run.ts';
import { accessions, entryXml, feedXml, latin1, pageOf } from '../support/feed-xml.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { plainFeed, runEdgar } from '../support/running-edgar.ts';

const partialOf = ({ filings }: Pick<Crawl, 'filings'>): string[] =>
  filings.filter(({ partial }) => partial).map(({ accession }) => accession);

/** A feed of entries, of which the node that answers a request lacks the newest ones. */
function feedOf(entries: readonly string[], behind: (start: number) => number): FeedSource {
  return {
    page: ({ start, count }) => {
      const listed = entries.slice(behind(start));
      return start < listed.length ? latin1(feedXml(...listed.slice(start, start + count))) : null;
    },
    advance: () => undefined,
    expected: () => [],
  };
}

const entriesOf = (rows: number): string[] => accessions(0, rows).map((accession) => entryXml({ accession }));

describe('a node that is behind', () => {
  test.each([1, 3, 30, 70])('by %i rows hides nothing from the crawl', async (rows) => {
    let isBehind = true;
    const feed = feedOf(entriesOf(450), (start) => {
      if (start !== 200 || !isBehind) return 0;
      isBehind = false;
      return rows;
    });
    const { complete, filings } = await runCrawl({ feed });
    expect([complete, filings.length]).toEqual([true, 450]);
    expect(partialOf({ filings })).toEqual([]);
  });

  test('leaves the crawl incomplete, and filings at the seam partial, where no page overlaps both', async () => {
    const feed = feedOf(entriesOf(290), (start) => (start === 100 ? 3 : 0));
    const outcome = await runCrawl({ feed, faults: faultAt(50, 'unavailable') });
    expect([outcome.complete, outcome.filings.length]).toEqual([false, 287]);
    expect(outcome.problems).toMatchObject([{ start: 100, code: 'EDGAR_PAGE' }]);
    expect(outcome.logger.of('edgar_pages_apart')).toMatchObject([{ level: 'warn', fields: { start: 100 } }]);
    // All filings of this feed have the same second.
    expect(partialOf(outcome)).toHaveLength(287);
  });

  test('makes partial only what stands at the seam, and what was accepted in the same second', async () => {
    const entries = accessions(0, 200).map((accession, index) =>
      entryXml({ accession, updated: `2026-01-05T16:${String(59 - Math.floor(index / 4)).padStart(2, '0')}:00-05:00` }),
    );
    const feed = feedOf(entries, (start) => (start === 100 ? 2 : 0));
    const outcome = await runCrawl({ feed, faults: faultAt(50, 'unavailable') });
    expect(outcome.complete).toBe(false);
    // Four before the seam, and the two that are left of the four after it.
    expect(partialOf(outcome)).toEqual(accessions(96, 8).toSpliced(4, 2).toReversed());
  });

  test('does not split a filing whose rows stand on two pages', async () => {
    const party = (cik: string, role: string): string =>
      entryXml({ title: `4 - Somebody (${cik}) (${role})`, form: '4', accession: '0007654321-26-000001' });
    const both = [party('0000000001', 'Reporting'), party('0000000002', 'Issuer')];
    const old = entriesOf(150);
    const feed = feedOf([...old.slice(0, 99), ...both, ...old.slice(99)], (start) => (start >= 100 ? 1 : 0));
    const { filings } = await runCrawl({ feed });
    const split = filings.find(({ form }) => form === '4');
    expect([split?.parties.length, split?.partial]).toEqual([2, false]);
  });
});

describe('rows without a CIK', () => {
  const person = (title: string | null): string =>
    entryXml({ title, accession: '0007654321-26-000001', form: '4', link: null });

  test('are not taken for one another, on whichever page they stand', async () => {
    const [jane, john, mary, kate] = ['4 - JANE A', '4 - JOHN B', '4 - MARY C', '4 - KATE D'].map((title) =>
      person(title),
    ) as [string, string, string, string];
    const old = entriesOf(150);
    const feed = feedOf([...old.slice(0, 98), jane, john, mary, kate, ...old.slice(98)], () => 0);
    const { complete, filings } = await runCrawl({ feed });
    const filing = filings.find(({ form }) => form === '4');
    expect([complete, filing?.partial]).toEqual([true, false]);
    expect(filing?.parties.map(({ name }) => name)).toEqual(['JANE A', 'JOHN B', 'MARY C', 'KATE D']);
  });

  test('and without a name join no pages', async () => {
    const nameless = person(null);
    const before = [...entriesOf(99), nameless];
    // The node that answers at 100 is behind by three rows: it lists another row of the filing first.
    const behind = [nameless, ...entriesOf(200).slice(103)];
    const feed: FeedSource = {
      page: ({ start }) => {
        if (start === 0) return latin1(feedXml(...before));
        return start === 100 ? latin1(feedXml(...behind)) : null;
      },
      advance: () => undefined,
      expected: () => [],
    };
    const outcome = await runCrawl({ feed });
    expect(outcome.complete).toBe(false);
    expect(outcome.logger.of('edgar_pages_apart')).toHaveLength(1);
  });

  test('and without a name are read by every crawl, and the end behind them is proven', async () => {
    const feed = feedOf([...entriesOf(149), person(null)], () => 0);
    const { complete, filings } = await runCrawl({ feed });
    expect([complete, filings.length]).toEqual([true, 150]);
  });
});

describe('new filings', () => {
  test('that push rows to the next page during the crawl hide none', async () => {
    const listed = accessions(0, 300);
    let fresh = 0;
    const feed: FeedSource = {
      page: ({ start, count }) => {
        fresh = Math.min(fresh + 1, 4);
        const now = [...accessions(-fresh, fresh), ...listed];
        return start < now.length ? pageOf(now.slice(start, start + count)) : null;
      },
      advance: () => undefined,
      expected: () => listed,
    };
    const { complete, filings, starts } = await runCrawl({ feed });
    const found = new Set(filings.map(({ accession }) => accession));
    expect(complete).toBe(true);
    expect(listed.filter((accession) => !found.has(accession))).toEqual([]);
    // Pages that share a row need no page that overlaps both.
    expect(starts).toEqual([0, 100, 200, 300, 304, 254]);
  });

  test('that are released in the middle of what was read are found on the pages that overlap it', async () => {
    const listed = accessions(0, 250);
    const late = '0009999999-26-000001';
    const feed: FeedSource = {
      page: ({ start, count }) => {
        const now = start === 50 ? listed.toSpliced(60, 0, late) : listed;
        return start < now.length ? pageOf(now.slice(start, start + count)) : null;
      },
      advance: () => undefined,
      expected: () => listed,
    };
    const { complete, filings } = await runCrawl({ feed });
    expect(complete).toBe(true);
    expect(filings.map(({ accession }) => accession)).toContain(late);
    expect(filings).toHaveLength(251);
  });
});

describe('a second crawl', () => {
  async function crawlTwice(feeds: readonly [FeedSource, FeedSource]) {
    let feed = feeds[0];
    const logger = new RecordingLogger();
    const clock = new ManualClock();
    const source: FeedSource = { page: (query) => feed.page(query), advance: () => undefined, expected: () => [] };
    const { client, edgar } = await runEdgar({ feed: source }, { clock });
    const crawler = new Crawler({ client, clock, logger });
    await crawler.crawl();
    const before = edgar.requests.length;
    feed = feeds[1];
    const result = await crawler.crawl();
    return { ...result, logger, starts: edgar.requests.slice(before).map(({ start }) => start) };
  }

  test('asks for no page twice where rows were neighbours in the first', async () => {
    const { complete, filings, starts } = await crawlTwice([plainFeed(450), plainFeed(450)]);
    expect([complete, filings.length]).toEqual([true, 450]);
    expect(starts).toEqual([0, 100, 200, 300, 400, 450, 400]);
  });

  test('knows the neighbours however far new filings have pushed them', async () => {
    const listed = [...accessions(-30, 30), ...accessions(0, 420)];
    const pushed = feedOf(
      listed.map((accession) => entryXml({ accession })),
      () => 0,
    );
    const { complete, starts } = await crawlTwice([plainFeed(420), pushed]);
    expect(complete).toBe(true);
    expect(starts).toEqual([0, 100, 200, 300, 400, 450, 400]);
  });

  test('asks again where new rows stand at a seam', async () => {
    const listed = accessions(0, 420).toSpliced(99, 0, '0009999999-26-000002', '0009999999-26-000001');
    const { complete, starts, filings } = await crawlTwice([
      plainFeed(420),
      feedOf(
        listed.map((accession) => entryXml({ accession })),
        () => 0,
      ),
    ]);
    expect([complete, filings.length]).toEqual([true, 422]);
    expect(starts).toEqual([0, 100, 200, 300, 400, 422, 372, 50]);
  });

  test('logs a row with gaps once for each filing', async () => {
    const titled = (title: string): FeedSource => feedOf([entryXml({ title })], () => 0);
    const { logger } = await crawlTwice([titled('8-K'), titled('8-K')]);
    expect(logger.of('edgar_rows_with_gaps')).toMatchObject([
      { level: 'warn', fields: { rows: 1, accessions: '0001234567-26-000001' } },
    ]);
  });
});
