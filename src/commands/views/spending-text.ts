import type { EnrichmentCost, FeedSpending } from '../../store/contract/spending.ts';
import { bar } from '../text/bar.ts';
import { countOf } from '../text/count-of.ts';
import { inlineCode } from '../text/inline-code.ts';

/** Feeds that are shown, at most. */
const MAX_FEEDS = 5;

/** Describes what enrichment has cost today, and what was saved. One feed has a bar, several have a line each. */
export function spendingText(feeds: readonly FeedSpending[]): string {
  const [only, ...others] = feeds;
  const spent = only !== undefined && others.length === 0 ? describeOne(only) : describeSeveral(feeds);
  return [...spent, ...describeSaved(feeds)].join('\n');
}

function describeOne(spending: FeedSpending): string[] {
  const share = shareOf(spending);
  const line = describeSpent(spending);
  return share === undefined ? [line] : [`${bar(share)} **${percent(share)}** of the budget`, line];
}

function describeSeveral(feeds: readonly FeedSpending[]): string[] {
  const lines = feeds.slice(0, MAX_FEEDS).map((spending) => {
    const share = shareOf(spending);
    const start = share === undefined ? '' : `**${percent(share)}** · `;
    return `${inlineCode(spending.feed, 40)} ${start}${describeSpent(spending)}`;
  });
  const more = feeds.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${countOf(more, 'more feed')}`] : [])];
}

/** Tokens are left out where nobody counts them. */
function describeSpent({ requests, tokens, budget }: FeedSpending): string {
  const isCounted = tokens > 0 || budget?.tokens !== undefined;
  return [
    describeAmount(requests, 'request', budget?.requests),
    ...(isCounted ? [describeAmount(tokens, 'token', budget?.tokens)] : []),
  ].join(' · ');
}

function describeAmount(amount: number, noun: string, cap: number | undefined): string {
  return cap === undefined ? countOf(amount, noun) : `${countOf(amount, noun)} of ${cap.toLocaleString('en')}`;
}

/** The share of the budget that is spent, of whichever part is nearer to its end; undefined without a budget. */
function shareOf({ requests, tokens, budget }: FeedSpending): number | undefined {
  if (budget === null) return undefined;
  return Math.max(requests / (budget.requests ?? Infinity), tokens / (budget.tokens ?? Infinity));
}

/** A budget that is not used up must not look so. */
function percent(share: number): string {
  const rounded = Math.round(share * 100);
  return `${(share < 1 ? Math.min(rounded, 99) : rounded).toLocaleString('en')} %`;
}

function describeSaved(feeds: readonly FeedSpending[]): string[] {
  const requests = sumOf(feeds, 'requests');
  const tokens = sumOf(feeds, 'tokens');
  const parts = [
    ...(requests > 0 ? [countOf(roughly(requests), 'request')] : []),
    ...(tokens > 0 ? [countOf(roughly(tokens), 'token')] : []),
  ];
  return parts.length === 0 ? [] : [`Saved: about ${parts.join(' and ')}, for items seen before`];
}

function sumOf(feeds: readonly FeedSpending[], name: keyof EnrichmentCost): number {
  return feeds.reduce((sum, { saved }) => sum + (saved?.[name] ?? 0), 0);
}

/** Two digits: more would claim to be exact. */
function roughly(value: number): number {
  return Number(value.toPrecision(2));
}
