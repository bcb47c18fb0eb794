import { accessionOf, formOf, type Entry, type TimedEntry } from '../../local/edgar/index.ts';
import type { CrawlRecord, Evidence } from './evidence.ts';
import type { Plan } from './plan.ts';
import { tornInVain } from './torn-posts.ts';

/** The number of rows after which EDGAR's feed ends. */
const END = 5100;

/** Broken promises, each as a line for a person. */
export interface Violations {
  /** Complete crawls without a filing that every state of the feed had which they were shown. */
  readonly wronglyComplete: readonly string[];
  /** Filings that lack a party and do not say that they may be partial. */
  readonly wronglyWhole: readonly string[];
  /** Filings that were posted without a party although a crawl had shown it in time. */
  readonly tornInVain: readonly string[];
  /** Filings that were posted although they had been listed before the first crawl. */
  readonly oldPosted: readonly string[];
  /** Filings that appeared after the first run and were not posted. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** Crawls without faults that are not complete. */
  readonly neverComplete: readonly string[];
}

export function findViolations(evidence: Evidence): Violations {
  const filings = filingsOf(evidence.plan);
  const numbered = [...evidence.crawls.entries()];
  return {
    wronglyComplete: numbered.flatMap(([number, crawl]) => missingFrom(evidence, filings, number, crawl)),
    wronglyWhole: numbered.flatMap(([number, crawl]) => torn(filings, number, crawl)),
    tornInVain: tornInVain(evidence.posts, evidence.crawls, (accession) => filings.get(accession)?.parties ?? 0),
    oldPosted: oldPosted(evidence, filings),
    lost: lost(evidence, filings),
    twice: twice(evidence),
    neverComplete: numbered.flatMap(([number, { crawl, isFaulty }]) =>
      isFaulty || crawl.complete ? [] : [`crawl ${number + 1} met no fault and is not complete`],
    ),
  };
}

/** Counts the posts without a party that the feed listed. */
export function countTorn({ plan, posts }: Evidence): number {
  const filings = filingsOf(plan);
  return posts.filter(({ accession, parties }) => parties < (filings.get(accession)?.parties ?? 0)).length;
}

/** A filing as the feed has it once it has appeared. */
interface ListedFiling {
  readonly from: number;
  readonly acceptedAt: number;
  readonly parties: number;
}

/** The wanted filings of a plan, by accession number. */
function filingsOf({ entries, forms }: Plan): ReadonlyMap<string, ListedFiling> {
  const wanted = entries.filter(({ entry }) => forms.length === 0 || forms.includes(formOf(entry)));
  const byAccession = Map.groupBy(wanted, ({ entry }) => accessionOf(entry));
  return new Map([...byAccession].map(([accession, rows]) => [accession, listedFiling(rows)]));
}

function listedFiling(rows: readonly TimedEntry[]): ListedFiling {
  const [first] = rows;
  return {
    from: first?.from ?? 0,
    acceptedAt: Date.parse(/<updated>([^<]*)</.exec(first?.entry ?? '')?.[1] ?? ''),
    parties: new Set(rows.map(({ entry }) => partyOf(entry))).size,
  };
}

/** The CIK and the role, or the name where the title has only that. */
function partyOf(entry: Entry): string {
  return (/ \((\d{10}\) \([^()]*)\)<\/title>/.exec(entry) ?? /<title>\S+ - ([^<]*)</.exec(entry))?.[1] ?? '';
}

/** Entries beyond the end of the feed, as it is when the crawl ends, cannot be had and are none of these. */
function missingFrom(
  { plan: { entries } }: Evidence,
  filings: ReadonlyMap<string, ListedFiling>,
  number: number,
  { crawl, oldestState, endedAt }: CrawlRecord,
): string[] {
  if (!crawl.complete) return [];
  const present = new Set(crawl.filings.map(({ accession }) => accession));
  const reachable = entries.filter(({ from }) => from <= endedAt).slice(0, END);
  const missing = new Set(
    reachable
      .filter(({ entry, from }) => from <= oldestState && filings.has(accessionOf(entry)))
      .map(({ entry }) => accessionOf(entry))
      .filter((accession) => !present.has(accession)),
  );
  if (missing.size === 0) return [];
  return [`crawl ${number + 1} calls itself complete without ${missing.size} filings, ${[...missing][0]} for one`];
}

function torn(filings: ReadonlyMap<string, ListedFiling>, number: number, { crawl }: CrawlRecord): string[] {
  return crawl.filings.flatMap(({ accession, parties, partial }) => {
    const { parties: all = 0 } = filings.get(accession) ?? {};
    const what = `crawl ${number + 1} takes ${accession} for whole with ${parties.length} of ${all} parties`;
    return partial || parties.length >= all ? [] : [what];
  });
}

function oldPosted({ crawls, posts }: Evidence, filings: ReadonlyMap<string, ListedFiling>): string[] {
  const begin = crawls[0]?.oldestState ?? 0;
  return posts.flatMap(({ accession }) =>
    (filings.get(accession)?.from ?? 0) <= begin ? [`${accession} had been listed before the first crawl`] : [],
  );
}

/**
 * A first run over crawls that are not complete takes everything for old that was accepted before the newest filing
 * that one of them listed: a late release as well.
 */
function lost({ crawls, firstRun, posts }: Evidence, filings: ReadonlyMap<string, ListedFiling>): string[] {
  if (firstRun === undefined) return ['the first run never ended'];
  const posted = new Set(posts.map(({ accession }) => accession));
  const seen = crawls.slice(0, crawls.indexOf(firstRun) + 1).flatMap(({ crawl }) => crawl.filings);
  const newest = Math.max(...seen.map(({ acceptedAt }) => acceptedAt?.getTime() ?? 0));
  return [...filings].flatMap(([accession, { from, acceptedAt }]) => {
    const isOld = from <= firstRun.endedAt || (!firstRun.crawl.complete && acceptedAt <= newest);
    return isOld || posted.has(accession) ? [] : [`${accession} appeared after the first run and was not posted`];
  });
}

function twice({ posts }: Evidence): string[] {
  const byAccession = Map.groupBy(posts, ({ accession }) => accession);
  return [...byAccession].flatMap(([accession, all]) =>
    all.length > 1 ? [`${accession} was posted ${all.length} times`] : [],
  );
}
