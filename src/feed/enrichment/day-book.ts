import { DAY_MS } from '../../store/clock.ts';
import type { DaySpending, EnrichmentBudget, Spent } from '../../store/contract/spending.ts';
import { SeenStoreClosedError } from '../../store/errors.ts';
import type { ResolvedContext } from '../context.ts';

/** Everything that was spent in a day. */
export type Total = { readonly [Name in keyof Spent]-?: number };

/** The parts of the context that the book works with. */
export type BookContext = Pick<ResolvedContext<unknown>, 'store' | 'clock' | 'logger'> & {
  readonly feed: { readonly name: string };
  readonly options: { readonly enrichmentBudget?: EnrichmentBudget | undefined };
};

const NOTHING: Total = { requests: 0, tokens: 0, enrichments: 0 };

/**
 * Knows what a feed has spent today. The store knows it of all processes; it is told in the background. While it fails,
 * this process goes on with what it last heard and what it has spent itself, and tells the store of that later.
 */
export class DayBook {
  readonly #context: BookContext;
  /** The midnight at which the day began, in Unix milliseconds. */
  #day = -Infinity;
  #inStore: Total = NOTHING;
  /** Spent by this process today, without an answer of the store's. */
  #unsaved: Total = NOTHING;
  /** True while the store lacks something: a cost, or the budget. */
  #storeIsBehind: boolean;
  #saving: Promise<void> | undefined;
  #isFailing = false;

  constructor(context: BookContext) {
    this.#context = context;
    this.#storeIsBehind = context.options.enrichmentBudget !== undefined;
  }

  /** Everything that was spent today, as of the last answer. What is being saved may count twice. */
  get total(): Total {
    return sumOf(this.#inStore, this.#unsaved);
  }

  get isSaving(): boolean {
    return this.#saving !== undefined;
  }

  /** Asks the store: others may have spent something, or another day may have begun. */
  async refresh(): Promise<void> {
    const { store, feed } = this.#context;
    await this.#askStore(() => store.spending.today(feed.name));
  }

  add(spent: Total): void {
    this.#turnTo(this.#today);
    this.#unsaved = sumOf(this.#unsaved, spent);
    this.#storeIsBehind = true;
    this.#saving ??= this.#save();
  }

  /** Resolves once the store was told what it lacks, or failed again. */
  async saveAll(): Promise<void> {
    if (this.#storeIsBehind) this.#saving ??= this.#save();
    await this.#saving;
  }

  /** Saves in one go all that is added meanwhile. */
  async #save(): Promise<void> {
    const { store, feed, options } = this.#context;
    let isSaved = true;
    while (this.#storeIsBehind && isSaved) {
      const [day, saved] = [this.#day, this.#unsaved];
      this.#storeIsBehind = false;
      isSaved = await this.#askStore(() => store.spending.add(feed.name, saved, options.enrichmentBudget));
      if (!isSaved) this.#storeIsBehind = true;
      else if (day === this.#day) this.#unsaved = sumOf(this.#unsaved, negative(saved));
    }
    this.#saving = undefined;
  }

  /** Whatever keeps the store from answering, it costs no post. */
  async #askStore(question: () => Promise<DaySpending>): Promise<boolean> {
    try {
      const answer = await question();
      this.#turnTo(answer.day.getTime());
      this.#inStore = answer;
      this.#isFailing = false;
      return true;
    } catch (error) {
      this.#turnTo(this.#today);
      if (!this.#isFailing) this.#report(error);
      this.#isFailing = true;
      return false;
    }
  }

  /** A request that was given up may end, and tell its cost, after the bot has stopped. */
  #report(error: unknown): void {
    const { logger, feed } = this.#context;
    const fields = { feed: feed.name, error };
    if (error instanceof SeenStoreClosedError) logger.debug('feed_spending_unavailable', fields);
    else logger.error('feed_spending_unavailable', fields);
  }

  /** By this process's clock, while the store tells none. */
  get #today(): number {
    return Math.floor(this.#context.clock.now() / DAY_MS) * DAY_MS;
  }

  /** Begins another day with nothing: what the store did not hear of an earlier one is no longer of use. */
  #turnTo(day: number): void {
    if (day === this.#day) return;
    this.#day = day;
    this.#inStore = NOTHING;
    this.#unsaved = NOTHING;
  }
}

function sumOf(one: Total, other: Total): Total {
  return {
    requests: one.requests + other.requests,
    tokens: one.tokens + other.tokens,
    enrichments: one.enrichments + other.enrichments,
  };
}

function negative({ requests, tokens, enrichments }: Total): Total {
  return { requests: -requests, tokens: -tokens, enrichments: -enrichments };
}
