import { atomPage, type ListedRow } from './atom.ts';
import type { FeedQuery, FeedSource } from './feed-source.ts';
import { generateFiling, type GeneratedFiling } from './generated-filing.ts';
import { Random } from '../random.ts';

export interface GeneratedFeedOptions {
  /** The same seed lists the same filings. Default: 1. */
  readonly seed?: number;
  /** Filings that are listed at a time. Default: 150. */
  readonly filings?: number;
  /** New filings a cycle, as a share of `filings`, drawn between the two. Default: 0.2 to 0.3. */
  readonly newPerCycle?: readonly [number, number];
  /** The time of the first cycle, in milliseconds since the epoch. Default: a Monday in January 2026, 16:00 in New York. */
  readonly now?: number;
}

const CYCLE_MS = 600_000;

/** Share of the new filings that were accepted in an earlier cycle and appear only now. */
const LATE_SHARE = 0.1;

/** A feed made from a seed, with the habits of the real one that make it hard to read. */
export function generatedFeed(options: GeneratedFeedOptions = {}): FeedSource {
  return new GeneratedFeed(options);
}

class GeneratedFeed implements FeedSource {
  readonly #random: Random;
  readonly #size: number;
  readonly #newPerCycle: readonly [number, number];
  #now: number;
  #number = 100;
  /** Newest first by time of acceptance, as EDGAR sorts. */
  #filings: readonly GeneratedFiling[] = [];

  constructor({
    seed = 1,
    filings = 150,
    newPerCycle = [0.2, 0.3],
    now = Date.UTC(2026, 0, 5, 21),
  }: GeneratedFeedOptions) {
    this.#random = new Random(seed);
    this.#size = filings;
    this.#newPerCycle = newPerCycle;
    this.#now = now;
    this.#list(this.#generate(filings, now - CYCLE_MS * 3, now));
  }

  page({ start, count, type }: FeedQuery): Uint8Array | null {
    const rows = listRows(this.#filings.filter(({ form }) => form.startsWith(type)));
    if (start > 0 && start >= rows.length) return null;
    return atomPage(rows.slice(start, start + count), this.#now);
  }

  advance(): void {
    const [low, high] = this.#newPerCycle;
    const fresh = this.#random.between(Math.round(this.#size * low), Math.round(this.#size * high));
    const late = Math.round(fresh * LATE_SHARE);
    const before = this.#now;
    this.#now += CYCLE_MS;
    const newest = this.#generate(fresh - late, before + 1000, this.#now);
    // Not among the oldest: they would fall off at once, and nobody could have seen them.
    const middle = this.#filings.slice(Math.floor(this.#size * 0.1), Math.floor(this.#size * 0.5));
    const times = [...middle.map(({ acceptedAt }) => acceptedAt), before];
    this.#list([...newest, ...this.#generate(late, Math.min(...times), before), ...this.#filings]);
  }

  expected(): readonly string[] {
    return this.#filings.map(({ accession }) => accession);
  }

  #generate(count: number, from: number, to: number): GeneratedFiling[] {
    return Array.from({ length: count }, () => {
      const acceptedAt = this.#random.between(Math.ceil(from / 1000), Math.floor(to / 1000)) * 1000;
      this.#number += this.#random.between(1, 9);
      return generateFiling(this.#random, { number: this.#number, acceptedAt });
    });
  }

  #list(filings: readonly GeneratedFiling[]): void {
    this.#filings = filings.toSorted((a, b) => b.acceptedAt - a.acceptedAt).slice(0, this.#size);
  }
}

/** Filings accepted in the same second interleave: first every first row, then every second one, and so on. */
function listRows(filings: readonly GeneratedFiling[]): ListedRow[] {
  const seconds = Map.groupBy(filings, ({ acceptedAt }) => acceptedAt);
  return [...seconds.values()].flatMap(interleave);
}

function interleave(filings: readonly GeneratedFiling[]): ListedRow[] {
  const rows = filings.map(rowsOf);
  const longest = Math.max(...rows.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => rows.flatMap((own) => own.slice(index, index + 1))).flat();
}

function rowsOf(filing: GeneratedFiling): ListedRow[] {
  const rows = filing.parties.map((party) => ({ filing, party }));
  return filing.repeatsRow ? [...rows, ...rows.slice(0, 1)] : rows;
}
