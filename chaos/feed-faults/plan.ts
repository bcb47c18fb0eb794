import { accessionOf, formOf, type TimedEntry } from '../../local/edgar/index.ts';
import { Random } from '../../local/random.ts';
import { generatedBase, recordedBase, type BaseFeed } from './base-feeds.ts';
import { withNamelessRows } from './nameless.ts';
import { planOutage, type Outage } from './outage.ts';

export const POLL_MS = 120_000;

/** The time of the first poll: after the recordings. */
export const START = Date.UTC(2026, 0, 6, 11);

/** Kinds of feed, with the share of the runs that have them, and their description for the report. */
export const feedKinds = {
  whole: 'whole recorded feeds, which end at row 5,100',
  part: 'parts of recorded feeds, which end anywhere',
  narrowed: 'recorded feeds narrowed to 8-K and 8-K/A',
  long: 'recorded feeds of 4,900 or 5,000 rows, in the end',
  generated: 'generated feeds',
} as const;

export type FeedKind = keyof typeof feedKinds;

const WEIGHTS: readonly (readonly [FeedKind, number])[] = [
  ['whole', 1],
  ['long', 0.25],
  ['part', 5],
  ['narrowed', 3],
  ['generated', 4],
];

/** The feed that one seed makes, and the forms that are asked for. */
export interface Plan {
  readonly seed: number;
  readonly kind: FeedKind;
  readonly entries: readonly TimedEntry[];
  /** The wanted forms; none for all. */
  readonly forms: readonly string[];
  /** The most rows that the server gives on a page; undefined for as many as it is asked for. */
  readonly rowsOfPage: number | undefined;
  /** A crawl of which every request goes wrong; undefined for none. */
  readonly outage: Outage | undefined;
  /** Polls with faults. Polls without faults follow. */
  readonly polls: number;
}

/** Plans a run: which entries the feed has, when each of them appears, and what is asked for. */
export function planRun(
  seed: number,
  kinds: readonly FeedKind[] = ['whole', 'long', 'part', 'narrowed', 'generated'],
): Plan {
  const random = new Random(seed);
  const possible = recordedBase() === undefined ? (['generated'] as const) : kinds;
  const kind = random.weighted(WEIGHTS.filter(([name]) => possible.includes(name)));
  const base = baseOf(kind, random);
  const polls = random.between(3, 6);
  const times = appearances(base, polls, random);
  const isLong = kind === 'whole' || kind === 'long';
  const entries = withNamelessRows(base.entries, random);
  const isNarrow = kind === 'narrowed';
  return {
    seed,
    kind,
    entries: entries.map((entry) => ({ entry, from: times.get(accessionOf(entry)) ?? 0 })),
    forms: isNarrow ? ['8-K', '8-K/A'] : [],
    rowsOfPage: isLong || !random.chance(0.15) ? undefined : random.pick([20, 40, 80]),
    outage: planOutage(random, { polls }),
    polls,
  };
}

function baseOf(kind: FeedKind, random: Random): BaseFeed {
  const base = recordedBase();
  if (kind === 'generated' || base === undefined) return generatedBase(random, 400);
  if (kind === 'whole') return base;
  if (kind === 'narrowed') return { ...base, entries: base.entries.filter((entry) => formOf(entry).startsWith('8-K')) };
  const rows = kind === 'long' ? random.pick([4900, 5000]) : rowsOfPart(random);
  const from = random.between(0, base.entries.length - rows);
  return { ...base, entries: base.entries.slice(from, from + rows) };
}

/** Some end with a full page, or a row before or after. */
function rowsOfPart(random: Random): number {
  if (random.chance(0.3)) return random.between(1, 6) * 100 + random.pick([-1, 0, 0, 1]);
  return random.between(1, 700);
}

/**
 * Decides when filings appear that are not there from the start: the newest ones one by one, and late releases in the
 * middle of the feed, many at the same moment, as EDGAR releases in the morning what it accepted in the evening.
 */
function appearances({ entries, appearsAt }: BaseFeed, polls: number, random: Random): ReadonlyMap<string, number> {
  const accessions = [...new Set(entries.map(accessionOf))];
  const end = START + polls * POLL_MS;
  const times = new Map<string, number>();
  for (const [accession, poll] of appearsAt) if (poll > 0) times.set(accession, START + (poll - 0.5) * POLL_MS);
  const fresh = accessions.slice(0, random.between(0, Math.min(60, accessions.length - 1)));
  const moments = fresh.map(() => random.between(START - POLL_MS, end)).toSorted((a, b) => b - a);
  fresh.forEach((accession, index) => times.set(accession, moments[index] ?? 0));
  for (let release = random.between(0, 2); release > 0; release -= 1) {
    const late = random.sample(accessions.slice(fresh.length), random.between(1, 12));
    const moment = random.between(START - POLL_MS, end);
    for (const accession of late) times.set(accession, moment);
  }
  return times;
}
