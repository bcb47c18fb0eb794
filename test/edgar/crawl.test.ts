import { describe, expect, test } from 'vitest';
import { crawl, EdgarUnavailableError, type Crawl, type CrawlOptions } from '../../src/edgar/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { HOSTILE_NAMES, type Fault } from '../../local/edgar/faults.ts';
import { accessions, entryXml, feedXml, latin1, pageOf } from '../support/feed-xml.ts';
import { generatedFeed } from '../../local/edgar/generated-feed.ts';
import type { EdgarRequest, LocalEdgar, LocalEdgarOptions } from '../../local/edgar/local-edgar.ts';
import { recordedFeed } from '../../local/edgar/recorded-feed.ts';
import { hasRecordings, recordedCrawls } from '../support/recorded-edgar.ts';
import { plainFeed, runEdgar } from '../support/running-edgar.ts';

const RETRY_MS = 2000;

interface Run extends Crawl {
  readonly edgar: LocalEdgar;
  readonly logger: RecordingLogger;
  /** The `start` of every request, in order. */
  readonly starts: readonly number[];
}

/** Crawls a local EDGAR, skipping the pauses before second attempts. */
async function run(options: Partial<LocalEdgarOptions>, crawlOptions: Partial<CrawlOptions> = {}): Promise<Run> {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const { edgar, client } = await runEdgar(options, { clock });
  const work = crawl({ client, clock, logger, ...crawlOptions });
  const result = await clock.drive(work, { upTo: RETRY_MS });
  return { ...result, edgar, logger, starts: edgar.requests.map(({ start }) => start) };
}

/** A fault on the page at `start`: on every attempt, or on the first ones only. */
const faultAt =
  (start: number, fault: Fault, attempts = Infinity) =>
  (request: EdgarRequest): Fault | undefined =>
    request.start === start && request.attempt <= attempts ? fault : undefined;

const idsOf = ({ filings }: Crawl): string[] => filings.map(({ accession }) => accession);

describe('the end of the feed', () => {
  test('is a short page', async () => {
    const { complete, starts, pages, rows, filings } = await run({ feed: plainFeed(250) });
    // The page after it is asked for once, and is not there.
    expect(starts).toEqual([0, 100, 200, 300]);
    expect({ complete, pages, rows }).toEqual({ complete: true, pages: 3, rows: 250 });
    expect(filings).toHaveLength(250);
  });

  test('is a short page, also if it is the only one', async () => {
    const { complete, starts, filings } = await run({ feed: plainFeed(7) });
    expect({ complete, starts, filings: filings.length }).toEqual({ complete: true, starts: [0, 100], filings: 7 });
  });

  test('is a short page before 5100, where nothing is asked for', async () => {
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

  test('is not a short page that another one follows: rows are missing, and the crawl goes on', async () => {
    const outcome = await run({ feed: plainFeed(350), faults: faultAt(100, 'short') });
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

  test('is a 503 in the middle that stays, between a page that answers and one that does not', async () => {
    const { complete, starts, filings } = await run({ feed: plainFeed(200) });
    expect({ complete, starts }).toEqual({ complete: true, starts: [0, 100, 200, 200, 100, 300] });
    expect(filings).toHaveLength(200);
  });

  test('is the 503 at 5100, without asking again', async () => {
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

  test('is an empty page, asked for twice', async () => {
    const { complete, starts, pages } = await run({ feed: plainFeed(200), faults: faultAt(200, 'empty') });
    expect({ complete, starts, pages }).toEqual({ complete: true, starts: [0, 100, 200, 200], pages: 2 });
  });

  test.each([
    [[], 'warn', 'all'],
    [['8-K', '8-K/A'], 'info', '8-K, 8-K/A'],
  ])(
    'is the first page of an empty feed, which is worth a line in the log (forms: %j)',
    async (forms, level, logged) => {
      const { complete, filings, starts, logger } = await run({ feed: plainFeed(0) }, { forms });
      expect({ complete, filings, starts }).toEqual({ complete: true, filings: [], starts: [0] });
      expect(logger.of('edgar_feed_empty')).toMatchObject([{ level, fields: { forms: logged } }]);
    },
  );

  test('is not one empty page that is a hiccup', async () => {
    const { complete, filings } = await run({ feed: plainFeed(250), faults: faultAt(100, 'empty', 1) });
    expect([complete, filings.length]).toEqual([true, 250]);
  });

  test('comes at last, even if EDGAR repeats itself for ever', async () => {
    const feed = { ...plainFeed(0), page: () => pageOf(accessions(0, 100)) };
    const { complete, starts, filings, logger } = await run({ feed }, { maxPages: 7 });
    expect([complete, starts.length, filings.length]).toEqual([false, 7, 100]);
    expect(logger.of('edgar_feed_endless')).toHaveLength(1);
  });
});

describe('an outage', () => {
  test('is a 503 on the first page', async () => {
    const { complete, filings, starts, problems } = await run({ faults: () => 'unavailable' });
    expect({ complete, filings, starts }).toEqual({ complete: false, filings: [], starts: [0, 0] });
    expect(problems).toMatchObject([{ start: 0, code: 'EDGAR_UNAVAILABLE' }]);
  });

  test('is a 503 in the middle, if the page before has gone too', async () => {
    let down = false;
    const faults = ({ start }: EdgarRequest): Fault | undefined => {
      down ||= start === 200;
      return down ? 'unavailable' : undefined;
    };
    const { complete, filings, logger } = await run({ feed: plainFeed(450), faults });
    expect([complete, filings.length]).toEqual([false, 200]);
    expect(logger.of('edgar_outage')).toHaveLength(1);
  });

  test('of one page is a bad page: the ones after it are read', async () => {
    const { complete, filings, problems } = await run({ feed: plainFeed(450), faults: faultAt(200, 'unavailable') });
    expect([complete, filings.length]).toEqual([false, 350]);
    expect(problems).toMatchObject([{ start: 200, code: 'EDGAR_UNAVAILABLE' }]);
  });

  test('that is over at the second attempt costs nothing', async () => {
    const { complete, filings } = await run({ feed: plainFeed(250), faults: faultAt(100, 'unavailable', 1) });
    expect([complete, filings.length]).toEqual([true, 250]);
  });
});

describe('a bad page', () => {
  test.each<[Fault, string]>([
    ['malformed', 'EDGAR_PAGE_MALFORMED'],
    ['html', 'EDGAR_PAGE_HTML'],
    ['blank', 'EDGAR_PAGE_TRUNCATED'],
    ['truncated', 'EDGAR_PAGE_TRUNCATED'],
    ['huge', 'EDGAR_PAGE_TOO_LARGE'],
    ['zip-bomb', 'EDGAR_PAGE_TOO_LARGE'],
    ['entity-bomb', 'EDGAR_PAGE_DOCTYPE'],
    ['error-500', 'EDGAR_STATUS'],
    ['access-denied', 'EDGAR_STATUS'],
    ['reset', 'EDGAR_NETWORK'],
  ])('(%s) is asked for twice, then left out with one line in the log; the crawl goes on', async (fault, code) => {
    const outcome = await run({ feed: plainFeed(250), faults: faultAt(100, fault) });
    expect(outcome.starts).toEqual([0, 100, 100, 200, 300]);
    expect([outcome.complete, outcome.filings.length]).toEqual([false, 150]);
    expect(outcome.problems).toMatchObject([{ start: 100, code }]);
    expect(outcome.logger.of('edgar_page_skipped')).toMatchObject([{ level: 'warn', fields: { start: 100, code } }]);
    expect(outcome.logger.of('edgar_page_skipped')[0]?.fields['message']).toMatch(/^.{20,400}$/);
  });

  test.each<Fault>(['hang', 'stall'])('(%s) runs out of time', async (fault) => {
    const clock = new ManualClock();
    const { edgar, client } = await runEdgar({ feed: plainFeed(250), faults: faultAt(100, fault) }, { clock });
    const work = crawl({ client, clock });
    await expect.poll(() => edgar.requests.length).toBe(2);
    await clock.advance(30_000);
    await clock.advance(RETRY_MS);
    await expect.poll(() => edgar.requests.length).toBe(3);
    await clock.advance(30_000);
    const outcome = await work;
    expect(outcome).toMatchObject({ complete: false, problems: [{ start: 100, code: 'EDGAR_TIMEOUT' }] });
    expect(outcome.filings).toHaveLength(150);
  });

  test('that is good at the second attempt costs nothing', async () => {
    const { complete, filings, problems } = await run({ feed: plainFeed(250), faults: faultAt(0, 'truncated', 1) });
    expect([complete, filings.length, problems]).toEqual([true, 250, []]);
  });

  test('three times in a row ends the crawl; what was found before is kept', async () => {
    const faults = ({ start }: EdgarRequest): Fault | undefined => (start >= 200 ? 'html' : undefined);
    const { complete, filings, starts, logger } = await run({ feed: plainFeed(1000), faults });
    expect([complete, filings.length]).toEqual([false, 200]);
    expect(starts).toEqual([0, 100, 200, 200, 300, 300, 400, 400]);
    expect(logger.of('edgar_crawl_gave_up')).toHaveLength(1);
  });

  test('every second time does not end the crawl', async () => {
    const faults = ({ start }: EdgarRequest): Fault | undefined => (start % 200 === 0 ? 'error-500' : undefined);
    const { complete, filings, problems } = await run({ feed: plainFeed(950), faults });
    expect([complete, filings.length, problems.length]).toEqual([false, 450, 5]);
  });
});

describe('rows', () => {
  test('without an accession number are left out, counted, and logged once a page with an example', async () => {
    const { complete, filings, refused, rows, logger } = await run({
      feed: plainFeed(250),
      faults: faultAt(100, 'no-accession'),
    });
    expect({ complete, filings: filings.length, refused, rows }).toEqual({
      complete: true,
      filings: 150,
      refused: 100,
      rows: 250,
    });
    expect(logger.of('edgar_rows_refused').map(({ fields }) => fields)).toEqual([
      {
        start: 100,
        refused: 100,
        reason: 'no accession number in its id',
        example: expect.stringContaining('Northwind'),
      },
    ]);
  });

  test('with hostile titles keep them, as data', async () => {
    const { filings, refused } = await run({
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
    const { rows, filings } = await run({ feed });
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
    const { filings } = await run({ feed });
    expect(filings.map(({ parties }) => parties.length)).toEqual([130]);
  });
});

describe('what is found', () => {
  test('comes oldest first, and within one second as EDGAR listed it, last first', async () => {
    const times = ['16:00:02', '16:00:01', '16:00:01', '15:59:00'];
    const listed = accessions(0, times.length);
    const entries = times.map((time, index) =>
      entryXml({ accession: listed[index] ?? '', updated: `2026-01-05T${time}-05:00` }),
    );
    const outcome = await run({ feed: { ...plainFeed(0), page: () => latin1(feedXml(...entries)) } });
    expect(idsOf(outcome)).toEqual(listed.toReversed());
  });

  test('is of the wanted forms, exactly, and only the pages that may hold them are asked for', async () => {
    const feed = generatedFeed({ seed: 3, filings: 400 });
    const all = await run({ feed });
    const some = await run({ feed }, { forms: ['4'] });
    const wanted = all.filings.filter(({ form }) => form === '4');
    expect(all.filings.some(({ form }) => form === '4/A')).toBe(true);
    expect(idsOf(some)).toEqual(wanted.map(({ accession }) => accession));
    expect(new Set(some.edgar.requests.map(({ type }) => type))).toEqual(new Set(['4']));
  });

  test('is reported in one line', async () => {
    const { logger } = await run({ feed: plainFeed(250), faults: faultAt(100, 'html') });
    expect(logger.of('edgar_crawl_finished')).toMatchObject([
      {
        level: 'info',
        fields: { filings: 150, complete: false, pages: 2, rows: 150, refused: 0, problems: 1, elapsed_ms: RETRY_MS },
      },
    ]);
  });
});

describe('a block page', () => {
  test.each<[Fault, string]>([
    ['rate', 'more than 10 requests a second'],
    ['undeclared', 'Set a real User-Agent'],
  ])('(%s) ends the crawl at once and keeps the next one from asking', async (fault, message) => {
    const clock = new ManualClock();
    const logger = new RecordingLogger();
    const { edgar, client } = await runEdgar({ feed: plainFeed(450), faults: faultAt(200, fault) }, { clock });
    const first = await crawl({ client, clock, logger });
    expect(first).toMatchObject({ complete: false, pages: 2, problems: [{ start: 200, code: 'EDGAR_BLOCKED' }] });
    expect(first.filings).toHaveLength(200);
    expect(first.blockedUntil).toEqual(client.blockedUntil);

    expect(await crawl({ client, clock, logger })).toMatchObject({ complete: false, filings: [], pages: 0 });
    expect(edgar.requests).toHaveLength(3);
    expect(logger.of('edgar_blocked')).toMatchObject([
      { level: 'error', fields: { message: expect.stringContaining(message) } },
      { level: 'error', fields: { message: expect.stringContaining('another') } },
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
    await expect(run({ faults }, { signal: stop.signal })).rejects.toBe(reason);
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
  const page = pageOf(accessions(0, 10));
  const { pages } = await crawl({ client: { fetchPage: () => Promise.resolve(page) }, count: 10, maxPages: 50 });
  state.over = true;
  expect(pages).toBe(50);
  expect(state.turns).toBeGreaterThanOrEqual(pages);
});

describe.skipIf(!hasRecordings)('the recorded crawls, through the local EDGAR', () => {
  test('are 3313, 3315 and 3315 filings, each crawl complete, with 5 and 0 new ones', async () => {
    const feed = recordedFeed(recordedCrawls);
    const { client, edgar } = await runEdgar({ feed });
    const seen = new Set<string>();
    const counts: number[][] = [];
    for (let cycle = 0; cycle < 3; cycle += 1) {
      const outcome = await crawl({ client });
      expect(new Set(idsOf(outcome))).toEqual(new Set(feed.expected()));
      const fresh = idsOf(outcome).filter((id) => !seen.has(id));
      for (const id of fresh) seen.add(id);
      counts.push([outcome.filings.length, fresh.length, Number(outcome.complete)]);
      feed.advance();
    }
    expect(counts).toEqual([
      [3313, 3313, 1],
      [3315, 5, 1],
      [3315, 0, 1],
    ]);
    expect(edgar.requests).toHaveLength(3 * 52);
  });
});
