import type { CrawlRecord, Post } from './evidence.ts';

/** Crawls that say nothing and through which a partial filing waits. */
const MAX_SILENT = 3;

/**
 * Finds posts without a party that the bot could have had: a crawl showed the whole filing between the one that listed
 * it first and the one with which its wait had to end.
 */
export function tornInVain(
  posts: readonly Post[],
  crawls: readonly CrawlRecord[],
  partiesOf: (accession: string) => number,
): string[] {
  return posts.flatMap(({ accession, parties }) => {
    const all = partiesOf(accession);
    if (parties >= all) return [];
    const whole = crawlsInTime(accession, crawls).find(([, record]) => partiesIn(record, accession) >= all);
    if (whole === undefined) return [];
    return [`${accession} was posted with ${parties} of ${all} parties, and crawl ${whole[0] + 1} showed them all`];
  });
}

/** The crawl that listed the filing first, and those up to the end of its wait, with their numbers from 0. */
function crawlsInTime(accession: string, crawls: readonly CrawlRecord[]): [number, CrawlRecord][] {
  const first = crawls.findIndex((record) => partiesIn(record, accession) > 0);
  const later = [...crawls.entries()].slice(first + 1);
  const look = later.findIndex(([, { crawl }]) => crawl.fault === undefined && isSaying(crawl));
  const end = look === -1 ? MAX_SILENT : Math.min(look, MAX_SILENT);
  return [...crawls.entries()].slice(first, first + end + 2);
}

function isSaying({ filings, complete }: CrawlRecord['crawl']): boolean {
  return complete || filings.length > 0;
}

function partiesIn({ crawl }: CrawlRecord, accession: string): number {
  return crawl.filings.find((filing) => filing.accession === accession)?.parties.length ?? 0;
}
