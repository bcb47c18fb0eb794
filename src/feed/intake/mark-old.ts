import type { Coverage } from '../../store/contract/coverage.ts';
import type { CycleTally } from '../deliver/tally.ts';
import type { FirstRunDecision } from './decision.ts';
import { later } from './item-facts.ts';
import type { IntakeContext } from './item-ids.ts';

const REFUSED_HINT =
  'Nothing is posted until the refused items can be used, so that they are not taken for news later: see ' +
  'feed_items_refused, and mend the feed or leave such items out of the batch.';

/** The first run of a batch, as it was decided about. */
export interface FirstRunOfBatch<Item> {
  readonly batch: { readonly listed: number; readonly complete: boolean; readonly refused: readonly Item[] };
  /** Null when no category is new. */
  readonly firstRun: FirstRunDecision<Item> | null;
  /** Items that an earlier first run left out, because it could not see everything. */
  readonly missed: readonly Item[];
  /** The coverage by which these are old. */
  readonly coverage: Coverage;
  /** The coverage that the store has; null for none. */
  readonly saved: Coverage | null;
  /** The coverage that it is to have. */
  readonly next: Coverage | null;
}

/**
 * Marks the items that are old to the feed, and then saves its coverage. A process that dies in between leaves a first
 * run that is not over, and marks them once more.
 */
export async function markOld<Item>(
  context: IntakeContext<Item>,
  { batch, firstRun, missed, coverage, saved, next }: FirstRunOfBatch<Item>,
  tally: CycleTally,
): Promise<void> {
  const { store, feed, ids } = context;
  const old = [...(firstRun?.old ?? []), ...missed];
  if (saved === null && old.length > 0) await store.coverage.save(feed.name, []);
  if (old.length > 0) await store.markSeen(old.map((item) => ids.of(item)));
  if (next !== null && JSON.stringify(next) !== JSON.stringify(saved)) await store.coverage.save(feed.name, next);
  tally.add('marked', old.length);
  logMissed(context, missed, coverage);
  if (firstRun !== null) log(context, batch, firstRun);
}

/** Names the time and an item, since a late release of the past looks the same. */
function logMissed<Item>({ feed, logger }: IntakeContext<Item>, missed: readonly Item[], coverage: Coverage): void {
  const [example] = missed;
  if (example === undefined) return;
  const bound = coverage.map(({ oldBefore }) => oldBefore).reduce(later, null);
  const fields = { feed: feed.name, marked: missed.length, example: feed.key(example) };
  logger.info('feed_old_items_marked', { ...fields, published_before: bound?.toISOString() });
}

/** A first run that posts holds nothing back while it waits. */
function log<Item>(
  { feed, logger, options }: IntakeContext<Item>,
  { listed, complete, refused }: FirstRunOfBatch<Item>['batch'],
  { isOver, categories: names, old, newest, oldBefore }: FirstRunDecision<Item>,
): void {
  const categories = feed.categories === undefined ? {} : { categories: names.map((name) => name ?? '*') };
  const fields = { feed: feed.name, ...categories };
  const bound = oldBefore === null ? {} : { old_before: oldBefore.toISOString() };
  if (isOver) logger.info('feed_first_run', { ...fields, marked: old.length, to_post: newest.length, ...bound });
  else if (options.firstRun === 'post') return;
  else if (refused.length === 0) logger.warn('feed_first_run_waits', { ...fields, listed, complete });
  else
    logger.warn('feed_first_run_waits', {
      ...fields,
      listed: listed + refused.length,
      refused: refused.length,
      hint: REFUSED_HINT,
    });
}
