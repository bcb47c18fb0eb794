import { expect, test } from 'vitest';

import type { CrawlRecord } from '../../../chaos/feed-faults/evidence.ts';
import { tornInVain } from '../../../chaos/feed-faults/torn-posts.ts';

/** A crawl that lists the filing X with so many of its two parties; null stands for an outage. */
function crawl(parties: number | null): CrawlRecord {
  const x = { accession: 'X', parties: Array.from({ length: parties ?? 0 }) };
  const filings = [x, { accession: 'Y', parties: ['Y'] }].filter((filing) => filing.parties.length > 0) as never[];
  const read = parties === null ? { filings: [], complete: false, fault: '503' } : { filings, complete: true };
  return { crawl: { fault: undefined, ...read }, oldestState: 0, endedAt: 0, isFaulty: parties === null };
}

const isFound = (crawls: readonly (number | null)[]): boolean =>
  tornInVain([{ accession: 'X', parties: 1 }], crawls.map(crawl), () => 2).length > 0;

test.each([
  ['the next crawl', [0, 1, 2]],
  ['the first crawl that listed it', [0, 2, 1]],
  ['the crawl after an outage', [1, null, 2]],
  ['the crawl after three outages', [1, null, null, null, 2]],
])('a torn post is found when %s showed the filing whole', (_, crawls) => {
  expect(isFound(crawls)).toBe(true);
});

test.each([
  ['no crawl showed the filing whole', [0, 1, 1, 1]],
  ['it was whole a look later', [1, 1, 2]],
  ['the next crawl no longer listed it', [1, 0, 2]],
  ['it was whole after four outages', [1, null, null, null, null, 2]],
])('a torn post is in order when %s', (_, crawls) => {
  expect(isFound(crawls)).toBe(false);
});

test('a whole post is in order', () => {
  expect(tornInVain([{ accession: 'X', parties: 2 }], [1, 2].map(crawl), () => 2)).toEqual([]);
});
