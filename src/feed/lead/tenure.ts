import { AsyncLocalStorage } from 'node:async_hooks';

import type { Clock } from '../../store/clock.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';
import type { Term } from '../../store/contract/leadership.ts';
import type { SeenError } from '../../store/errors.ts';
import { readClocks, type ClockReadings } from '../clock-readings.ts';
import { ask } from './ask.ts';
import { TRUST_MS } from './times.ts';

/** The election of a feed's leader: processes that share the store's database elect one under each name. */
export interface Election {
  /** The feed that is led. */
  readonly feed: string;
  readonly name: string;
  readonly store: SeenStore;
}

/**
 * The time in which this process leads, as it may believe without asking: from the start of a call that succeeded, for
 * a lease less a margin, on whichever of its clocks went faster. A slow answer never lengthens it.
 */
export class Tenure {
  readonly election: Election;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  readonly #works = new Set<Promise<unknown>>();
  readonly #flushes = new Set<() => Promise<void>>();
  #term: Term | undefined;
  /** The start of the latest call that succeeded. */
  #confirmedAt: ClockReadings | undefined;
  /** True while the store is known to fail. */
  #isDoubted: boolean;
  /** True where the tenure goes on although nobody confirms it. */
  #isExcused: boolean;

  /**
   * @param confirmed The term, and the start of the call that gave it; undefined for a tenure that begins while the store
   *   fails.
   */
  constructor(election: Election, clock: Clock, confirmed?: { readonly term: Term; readonly at: ClockReadings }) {
    this.election = election;
    this.#clock = clock;
    this.#term = confirmed?.term;
    this.#confirmedAt = confirmed?.at;
    this.#isDoubted = confirmed === undefined;
    this.#isExcused = confirmed === undefined;
  }

  /** Aborts when the tenure ends, with the reason: a `SeenError`, so that nothing is given any grace. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Undefined until the store could be asked. */
  get term(): Term | undefined {
    return this.#term;
  }

  /** Time until trust ends, in milliseconds; 0 or less when it has. */
  get trustLeftMs(): number {
    if (this.#confirmedAt === undefined) return 0;
    const { monotonic, wall } = readClocks(this.#clock);
    return TRUST_MS - Math.max(monotonic - this.#confirmedAt.monotonic, wall - this.#confirmedAt.wall);
  }

  confirm(term: Term, at: ClockReadings): void {
    this.#term = term;
    this.#confirmedAt = at;
    this.#isDoubted = false;
    this.#isExcused = false;
  }

  get isDoubted(): boolean {
    return this.#isDoubted;
  }

  /** Notes that the store fails. Where the tenure goes on, it does so until the store can be asked again. */
  doubt(goesOn: boolean): void {
    this.#isDoubted = true;
    this.#isExcused = goesOn;
  }

  /** False once trust has ended, as it has after the process was suspended. */
  get isTrusted(): boolean {
    return this.#isExcused || this.trustLeftMs > 0;
  }

  /** Only the first reason counts. */
  end(reason: SeenError): void {
    this.#over.abort(reason);
  }

  /** Adds work that only the leader may do, a delivery for example: a resignation waits for it. */
  follow(work: Promise<unknown>): void {
    const settled = work.catch(() => undefined).finally(() => this.#works.delete(settled));
    this.#works.add(settled);
  }

  /**
   * Adds a function that tells the store what this process has done while the store failed. It is called whenever the
   * term was renewed, and before it is given up, so that no later leader does the same again.
   */
  catchUpBy(flush: () => Promise<void>): void {
    this.#flushes.add(flush);
  }

  /** @throws {SeenStoreError} when the store fails, or does not answer. */
  async catchUp(): Promise<void> {
    for (const flush of this.#flushes) await ask(this.#clock, 'markSeen', flush);
  }

  /** Resolves once no work that was added is under way, or the tenure is over. */
  async settled(): Promise<void> {
    const over = new Promise<void>((resolve) => {
      if (this.over.aborted) resolve();
      else this.over.addEventListener('abort', () => resolve(), { once: true });
    });
    while (this.#works.size > 0 && !this.over.aborted) await Promise.race([Promise.all(this.#works), over]);
  }
}

/** The election in whose tenures the running code works, for all that it calls. */
const elections = new AsyncLocalStorage<Election>();

/** The tenures of this process that are not over, by store. Loops for the same election share their term. */
const tenures = new WeakMap<SeenStore, Set<Tenure>>();

/** Runs work of the leader. What it calls, and what it begins, belongs to the tenure. */
export async function runWithin<Result>(tenure: Tenure, work: () => Promise<Result>): Promise<Result> {
  const { election, over } = tenure;
  const present = tenures.get(election.store) ?? new Set<Tenure>();
  tenures.set(election.store, present.add(tenure));
  over.addEventListener('abort', () => present.delete(tenure), { once: true });
  return elections.run(election, work);
}

/** The tenures of this process among those who share the store. */
export function tenuresOf(store: SeenStore): Tenure[] {
  return [...(tenures.get(store) ?? [])];
}

/**
 * The tenure to which the running code belongs: undefined where it was not called by work of the feed's leader, and
 * null where it was, but this process leads no longer.
 *
 * It is found by its election: what a connection brings that was opened in an earlier tenure belongs to the present
 * one.
 */
export function presentTenure(feed: string): Tenure | null | undefined {
  const election = elections.getStore();
  if (election?.feed !== feed) return undefined;
  return tenuresOf(election.store).find((tenure) => isOf(tenure, election)) ?? null;
}

/** True for a tenure of the same election. */
export function isOf({ election }: Tenure, { store, name }: Pick<Election, 'store' | 'name'>): boolean {
  return election.store === store && election.name === name;
}
