import { Random } from '../random.ts';
import { atomPage, type ListedRow } from './atom.ts';
import type { FeedQuery, FeedSource, Lag } from './feed-source.ts';
import { generateFiling, type GeneratedFiling } from './generated-filing.ts';

export interface GeneratedFeedOptions {
  /** The seed of the random choices: the same seed makes the same feed. Default: 1. */
  readonly seed?: number;
  /** The number of filings that are listed at a time. Default: 150. */
  readonly filings?: number;
  /** Limits of the share of `filings` that is new after each `advance()`. Default: 0.2 to 0.3. */
  readonly newPerCycle?: readonly [number, number];
  /** The start, in milliseconds since the epoch. Default: a Monday in January 2026, 16:00 in New York. */
  readonly now?: number;
}

const CYCLE_MS = 600_000;

/** The share of the new filings that were accepted earlier than others which are listed already. */
const LATE_SHARE = 0.1;

/**
 * Makes a feed from a seed, with the habits of the real one that make it hard to read: several rows for a filing, rows
 * that repeat or interleave, and filings that appear late.
 */
export function generatedFeed(options: GeneratedFeedOptions = {}): FeedSource {
  return new GeneratedFeed(options);
}

class GeneratedFeed implements FeedSource {
  readonly #random: Random;
  readonly #size: number;
  readonly #newPerCycle: readonly [number, number];
  #now: number;
  #number = 100;
  /** The listed filings, newest first by time of acceptance, as EDGAR sorts them. */
  #filings: readonly GeneratedFiling[] = [];
  #before: readonly GeneratedFiling[] = [];

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
    this.#before = this.#filings;
  }

  page({ start, count, type, lag }: FeedQuery): Uint8Array | null {
    const rows = listRows(this.#shownBy(lag).filter(({ form }) => form.startsWith(type)));
    if (start > 0 && start >= rows.length) return null;
    return atomPage(rows.slice(start, start + count), this.#now);
  }

  advance(): void {
    const [low, high] = this.#newPerCycle;
    const fresh = this.#random.between(Math.round(this.#size * low), Math.round(this.#size * high));
    const late = Math.round(fresh * LATE_SHARE);
    const before = this.#now;
    this.#before = this.#filings;
    this.#now += CYCLE_MS;
    const newest = this.#generate(fresh - late, before + 1000, this.#now);
    this.#list([...newest, ...this.#generateLate(late, before), ...this.#filings]);
  }

  #shownBy(lag: Lag | undefined): readonly GeneratedFiling[] {
    if (lag === 'a poll') return this.#before;
    return lag === 'a second' ? this.#filings.slice(1) : this.#filings;
  }

  expected(): readonly string[] {
    return this.#filings.map(({ accession }) => accession);
  }

  /** Makes filings older than the newest listed one, but not among the oldest, which fall off the end at once. */
  #generateLate(count: number, now: number): GeneratedFiling[] {
    const newest = this.#filings[0]?.acceptedAt ?? now;
    const middle = this.#filings.slice(Math.floor(this.#size * 0.1), Math.floor(this.#size * 0.5));
    const oldest = Math.min(newest, ...middle.map(({ acceptedAt }) => acceptedAt));
    return this.#generate(count, oldest, newest);
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

/** Lists the rows. Filings accepted in the same second interleave: every first row, then every second, and so on. */
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
