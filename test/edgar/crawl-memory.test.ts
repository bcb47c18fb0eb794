import { describe, expect, test } from 'vitest';
import { Crawler, EdgarBlockedError, EdgarStatusError, EdgarUnavailableError } from '../../src/edgar/index.ts';
import { accessions, entryXml, feedXml, latin1, pageOf } from '../support/feed-xml.ts';
import { ManualClock } from '../support/manual-clock.ts';

type Answer = (start: number) => Uint8Array | Error;

/** A crawler of a server whose answers a test changes, with the requests of each crawl. */
function crawlerOf(first: Answer) {
  const clock = new ManualClock();
  const server = { answer: first };
  let starts: number[] = [];
  const fetchPage = async ({ start }: { start: number }): Promise<Uint8Array> => {
    starts.push(start);
    const answer = server.answer(start);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const crawler = new Crawler({ client: { fetchPage }, clock });
  const crawl = async (answer = server.answer) => {
    server.answer = answer;
    starts = [];
    const result = await clock.drive(crawler.crawl(), { upTo: 2000 });
    return { ...result, starts };
  };
  return { crawl };
}

/** Pages of 100 of the rows; EDGAR's 503 behind the last one. */
const pagesOf =
  (rows: number, write = (accession: string): string => entryXml({ accession })): Answer =>
  (start) => {
    const listed = accessions(start, Math.min(100, rows - start));
    return start < rows ? latin1(feedXml(...listed.map(write))) : new EdgarUnavailableError();
  };

const blocked = (): EdgarBlockedError => new EdgarBlockedError('rate', new Date(0), 0);

const unaligned = (start: number): boolean => start % 100 !== 0;

describe('a crawl after', () => {
  const steady = [0, 100, 200, 300, 400, 420, 370];

  test.each<[string, Answer]>([
    ['an outage', () => new EdgarUnavailableError()],
    ['a block at the first request', () => blocked()],
    ['a single page and a block', (start) => (start === 0 ? pagesOf(420)(0) : blocked())],
    ['an empty feed that is none', () => pageOf([])],
  ])('%s asks for no page twice', async (_, trouble) => {
    const { crawl } = crawlerOf(pagesOf(420));
    expect(await crawl()).toMatchObject({ complete: true });
    for (let times = 0; times < 3; times += 1) await crawl(trouble);
    const { complete, starts } = await crawl(pagesOf(420));
    expect({ complete, starts }).toEqual({ complete: true, starts: steady });
  });

  test('one whose entries a proxy stamps asks for no page twice', async () => {
    let stamp = 0;
    const stamped = pagesOf(420, (accession) => {
      stamp += 1;
      return entryXml({ accession }).replace('</entry>', `<stamp>${stamp}</stamp></entry>`);
    });
    const { crawl } = crawlerOf(stamped);
    await crawl();
    const { complete, starts } = await crawl();
    expect({ complete, starts }).toEqual({ complete: true, starts: steady });
  });
});

describe('a server that gives no page which begins inside of another', () => {
  test.each<[string, Answer]>([
    ['because it refuses it', (start) => (unaligned(start) ? new EdgarStatusError(400) : pagesOf(5100)(start))],
    ['because it gives the page around it', (start) => pagesOf(5100)(start - (start % 100))],
  ])('(%s) is found out once, and asked for one in each later crawl', async (_, answer) => {
    const { crawl } = crawlerOf(answer);
    const first = await crawl();
    expect([first.complete, first.filings.length, first.starts.length]).toEqual([true, 5100, 52 + 10 + 1]);
    const second = await crawl();
    expect([second.complete, second.filings.length, second.starts.length]).toEqual([true, 5100, 52 + 1]);
  });

  test('is found out on a feed of three pages too, but not in an outage', async () => {
    const short: Answer = (start) => (unaligned(start) ? new EdgarStatusError(400) : pagesOf(250)(start));
    const { crawl } = crawlerOf(short);
    const [first, second] = [await crawl(), await crawl()];
    expect([first.complete, first.filings.length, second.complete]).toEqual([true, 250, true]);
    expect(second.starts.filter(unaligned)).toHaveLength(2);

    let isOut = false;
    const { crawl: crawlOut } = crawlerOf((start) => {
      isOut ||= start === 50;
      return isOut ? new EdgarStatusError(400) : pagesOf(250)(start);
    });
    expect(await crawlOut()).toMatchObject({ complete: false });
  });

  test('is none that gives one at the end of the feed', async () => {
    const refused: Answer = (start) => ([50, 150].includes(start) ? new EdgarUnavailableError() : pagesOf(290)(start));
    const { crawl } = crawlerOf(refused);
    expect([await crawl(), await crawl()]).toMatchObject([{ complete: false }, { complete: false }]);
  });

  test('and then does is asked for all of them again', async () => {
    const { crawl } = crawlerOf((start) => (unaligned(start) ? new EdgarStatusError(400) : pagesOf(5100)(start)));
    await crawl();
    const { complete, starts } = await crawl(pagesOf(5100));
    expect([complete, starts.length]).toEqual([true, 52 + 50]);
    expect((await crawl()).starts).toHaveLength(52);
  });
});
