import { countOf } from '../../commands/text/count-of.ts';
import type { EnrichmentBudget } from '../../store/contract/spending.ts';
import { telemetry } from '../../store/telemetry.ts';
import type { ResolvedContext } from '../context.ts';
import type { EnrichmentMeter } from '../feed.ts';
import { DayBook, type BookContext, type Total } from './day-book.ts';
import { CostMeter, type Cost } from './meter.ts';

/** The parts of the context that the budget works with. */
type BudgetContext = BookContext & Pick<ResolvedContext<unknown>, 'incidents'>;

/** An enrichment that may cost something. */
export interface Expense {
  readonly meter: EnrichmentMeter;
  /**
   * Records what it has cost. To be called again when an enrichment that was given up has ended: it may have cost more.
   *
   * @param isMade True when the enrichment was made.
   */
  settle(isMade: boolean): void;
  /** Forgets it: nothing was asked for. */
  drop(): void;
}

/**
 * The daily budget of a feed's enrichment, and the book of what is spent, also where no budget is set. Days end at
 * midnight UTC. Admins are told when the budget is used up, and when another day has begun.
 *
 * Each enrichment that is under way counts as one request, and as many tokens as a request of the day has cost on average,
 * until its cost is known. So the budget may be passed by what the last ones cost beyond that: the first of a day, whose
 * cost nobody knows, and those of other processes that are under way.
 */
export class DailyBudget {
  readonly #context: BudgetContext;
  readonly #book: DayBook;
  readonly #underWay = new Set<CostMeter>();

  constructor(context: BudgetContext) {
    this.#context = context;
    this.#book = new DayBook(context);
  }

  /** Ends a cycle: what was spent is saved, and admins are told if the budget is used up. */
  async endCycle(): Promise<void> {
    await this.#book.saveAll();
    if (this.#cap !== undefined) await this.#book.refresh();
    this.#tellIfUsedUp();
  }

  /** @returns The reason why nothing is to be spent any more today, or else an expense, which is to be settled. */
  async open(): Promise<Expense | string> {
    if (this.#cap === undefined) return this.#newExpense();
    await this.#book.refresh();
    // What is being saved may have counted twice.
    while (this.#book.isSaving && this.#usedUpBy(this.#reserved()) !== undefined) {
      await this.#book.saveAll();
      await this.#book.refresh();
    }
    this.#tellIfUsedUp();
    return this.#usedUpBy(this.#reserved()) ?? this.#newExpense();
  }

  get #cap(): EnrichmentBudget | undefined {
    return this.#context.options.enrichmentBudget;
  }

  #newExpense(): Expense {
    const { logger, feed } = this.#context;
    const meter = new CostMeter((reason) => logger.error('feed_cost_refused', { feed: feed.name, reason }));
    let recorded: Cost = { requests: 0, tokens: 0 };
    this.#underWay.add(meter);
    return {
      meter,
      settle: (isMade) => {
        const { requests, tokens } = meter.cost;
        const due = { requests: above(recorded.requests, requests), tokens: above(recorded.tokens, tokens) };
        recorded = { requests: recorded.requests + due.requests, tokens: recorded.tokens + due.tokens };
        this.#underWay.delete(meter);
        this.#record({ ...due, enrichments: isMade ? 1 : 0 });
      },
      drop: () => void this.#underWay.delete(meter),
    };
  }

  #record(spent: Total): void {
    const { requests, tokens, enrichments } = spent;
    if (requests + tokens + enrichments === 0) return;
    telemetry.spending.publish({ feed: this.#context.feed.name, requests, tokens });
    this.#book.add(spent);
  }

  #tellIfUsedUp(): void {
    const { incidents, feed } = this.#context;
    const subject = { kind: 'budget', feed: feed.name } as const;
    const usedUp = this.#usedUpBy({ requests: 0, tokens: 0 });
    if (usedUp === undefined) incidents.working(subject);
    else incidents.failing(subject, usedUp);
  }

  /** @param reserved The cost of what is under way. */
  #usedUpBy(reserved: Cost): string | undefined {
    const { total } = this.#book;
    for (const name of ['requests', 'tokens'] as const) {
      const cap = this.#cap?.[name];
      if (cap === undefined || total[name] + reserved[name] < cap) continue;
      return `the daily budget of ${countOf(cap, name === 'requests' ? 'request' : 'token')} is used up`;
    }
    return undefined;
  }

  #reserved(): Cost {
    const { tokens, requests, enrichments } = this.#book.total;
    // What failed, or came too late, has cost tokens as well.
    const usual = { requests: 1, tokens: Math.ceil(tokens / Math.max(requests, enrichments, 1)) };
    const costs = [...this.#underWay].map(({ cost }) => cost);
    return {
      requests: costs.reduce((sum, cost) => sum + Math.max(cost.requests, usual.requests), 0),
      tokens: costs.reduce((sum, cost) => sum + Math.max(cost.tokens, usual.tokens), 0),
    };
  }
}

/** The part of `amount` that lies above `known`. */
function above(known: number, amount: number): number {
  return Math.max(0, amount - known);
}
