import { expect, test } from 'vitest';
import { resolveCrawlOptions } from '../../src/edgar/crawl-options.ts';
import { EdgarStatusError, EdgarUnavailableError } from '../../src/edgar/errors.ts';
import { readPage } from '../../src/edgar/read-page.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { accessions, pageOf } from '../support/feed-xml.ts';

const page = pageOf(accessions(0, 2));
const empty = pageOf([]);
const unavailable = new EdgarUnavailableError();
const broken = new EdgarStatusError(500);

test.each([
  ['a page', 0, [page], 'page'],
  ['an empty page at the start', 0, [empty], 'page'],
  ['an empty page later', 100, [empty, page], 'page'],
  ['a bad page', 0, [broken, page], 'page'],
  ['a bad page past the documented end', 5100, [broken, unavailable], 'unavailable'],
  ['a bad page that stays bad', 300, [broken, broken], 'bad'],
  ['a 503 before the documented end', 5000, [unavailable, page], 'page'],
  ['a 503 at the documented end', 5100, [unavailable], 'unavailable'],
] as const)('%s at row %i is asked for as often as it takes', async (_, start, answers, kind) => {
  const clock = new ManualClock();
  const left: (Uint8Array | Error)[] = [...answers];
  const fetchPage = (): Promise<Uint8Array> => {
    const answer = left.shift() ?? new Error('It was asked for too often.');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const startedAt = clock.now();
  const work = readPage(resolveCrawlOptions({ client: { fetchPage }, clock, retryDelayMs: 700 }), start);
  expect(await clock.drive(work, { upTo: 700 })).toMatchObject({ kind });
  expect(left).toEqual([]);
  expect(clock.now() - startedAt).toBe((answers.length - 1) * 700);
});
