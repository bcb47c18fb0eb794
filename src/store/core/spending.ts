import type { DaySpending, EnrichmentBudget, FeedSpending, Spending, Spent } from '../contract/spending.ts';
import type { SpentRow } from '../port/writes.ts';
import { DAY_MS } from '../clock.ts';
import { SeenInputError } from '../errors.ts';
import type { SpendingRow } from '../rows.ts';
import { readArgument, requireObject, requireText, requireWholeNumber, type Given } from './arguments.ts';
import type { ReadContext, StoreContext } from './context.ts';
import { periodSince } from './cycles.ts';

/** The reach of the history of spending, in days on which something was spent. */
const KEEP_DAYS = 30;

const HOUR_MS = 3_600_000;

/** The spending on enrichment, by feed and by day. */
export function spending(context: StoreContext): Spending {
  const { reads, writes } = context.backend;

  return {
    async add(feed, spent, budget) {
      requireFeed(feed);
      const row = { ...readSpent(spent), ...readBudget(budget) };
      context.requireOpen('spending.add');
      return toDaySpending(await writes.addSpending(feed, row, { keepDays: KEEP_DAYS, skewMs: HOUR_MS }));
    },

    async today(feed) {
      requireFeed(feed);
      context.requireOpen('spending.today');
      const { today, row } = await reads.spendingToday(feed);
      return toDaySpending(row ?? nothingOn(today, feed));
    },
  };
}

/** Today's spending of each feed whose enrichment has cost something, or has a budget, within the reach of the history. */
export async function spendingOfFeeds(context: ReadContext): Promise<FeedSpending[]> {
  const { reads } = context.backend;
  const { today, rows } = await reads.spendingSince(KEEP_DAYS);
  const costly = [...Map.groupBy(rows, ({ feed }) => feed)].filter(([, history]) => history.some(isCostly));
  if (costly.length === 0) return [];
  const skipped = await reads.skippedByFeed(periodSince(context, today * DAY_MS));
  return costly.map(([feed, history]) => feedSpending(nothingOn(today, feed), history, skipped.get(feed) ?? 0));
}

/** Enrichment may be free: made by the feed itself, for example. */
function isCostly({ requests, tokens, budget_requests, budget_tokens }: SpendingRow): boolean {
  return requests > 0 || tokens > 0 || budget_requests !== null || budget_tokens !== null;
}

/** @param history The feed's spending within the reach of the history, the latest last. */
function feedSpending(nothing: SpendingRow, history: readonly SpendingRow[], skipped: number): FeedSpending {
  const today = history.find(({ day }) => day === nothing.day) ?? { ...nothing, ...budgetOf(history) };
  return { ...toDaySpending(today), saved: savedBy(history, skipped) };
}

/** The cost of as many enrichments as were spared, by the average of those that were made. */
function savedBy(history: readonly SpendingRow[], spared: number): FeedSpending['saved'] {
  const made = sumOf(history, 'enrichments');
  if (made === 0) return null;
  const costOf = (name: 'requests' | 'tokens'): number => Math.round((sumOf(history, name) / made) * spared);
  return { requests: costOf('requests'), tokens: costOf('tokens') };
}

function sumOf(history: readonly SpendingRow[], name: 'requests' | 'tokens' | 'enrichments'): number {
  return history.reduce((sum, row) => sum + row[name], 0);
}

/** The budget of the latest day, which a day without any spending still has. */
function budgetOf(history: readonly SpendingRow[]): Pick<SpendingRow, 'budget_requests' | 'budget_tokens'> {
  const { budget_requests = null, budget_tokens = null } = history.at(-1) ?? {};
  return { budget_requests, budget_tokens };
}

function nothingOn(day: number, feed: string): SpendingRow {
  return { feed, day, requests: 0, tokens: 0, enrichments: 0, budget_requests: null, budget_tokens: null };
}

function toDaySpending(row: SpendingRow): DaySpending {
  const { feed, day, requests, tokens, enrichments, budget_requests, budget_tokens } = row;
  const budget = {
    ...(budget_requests === null ? {} : { requests: budget_requests }),
    ...(budget_tokens === null ? {} : { tokens: budget_tokens }),
  };
  const hasBudget = Object.keys(budget).length > 0;
  return { feed, day: new Date(day * DAY_MS), requests, tokens, enrichments, budget: hasBudget ? budget : null };
}

function requireFeed(feed: unknown): void {
  if (requireText('feed', feed) === '') throw new SeenInputError('feed is empty. Name the feed that spends.');
}

function readSpent(spent: Spent): Pick<SpentRow, 'requests' | 'tokens' | 'enrichments'> {
  return readArgument('spent', () => {
    const { requests = 0, tokens = 0, enrichments = 0 }: Given<Spent> = requireObject('spent', spent);
    return {
      requests: requireWholeNumber('requests', requests, 0),
      tokens: requireWholeNumber('tokens', tokens, 0),
      enrichments: requireWholeNumber('enrichments', enrichments, 0),
    };
  });
}

function readBudget(budget: EnrichmentBudget = {}): Pick<SpentRow, 'budget_requests' | 'budget_tokens'> {
  return readArgument('budget', () => {
    const { requests, tokens }: Given<EnrichmentBudget> = requireObject('budget', budget);
    return {
      budget_requests: requests === undefined ? null : requireWholeNumber('budget.requests', requests, 1),
      budget_tokens: tokens === undefined ? null : requireWholeNumber('budget.tokens', tokens, 1),
    };
  });
}
