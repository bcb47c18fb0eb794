import type { Coverage } from '../../store/contract/coverage.ts';
import type { ResolvedContext } from '../context.ts';
import type { CycleTally } from '../deliver/tally.ts';
import { carryOut, type Unheld } from './carry-out.ts';
import {
  isNarrower,
  narrowed,
  since,
  standingOf,
  uncovered,
  wholeCoverage,
  type Asked,
  type ItemFacts,
  type Standing,
} from './coverage.ts';
import type { FirstRunDecision, FloodDecision } from './decision.ts';
import { FirstRuns } from './first-run.ts';
import { decideFlood } from './flood-breaker.ts';
import { categoriesOf, newestTime, oldestTime, publishedAt } from './item-facts.ts';
import type { IntakeContext } from './item-ids.ts';
import { markOld } from './mark-old.ts';
import type { PartialItems } from './partial-items.ts';
import type { Prefiltered } from './prefilter.ts';

/** A batch as it is admitted. */
export interface AdmissionBatch<Item> {
  /** The items, and those that have waited for this batch. */
  readonly items: readonly Item[];
  /** Items that the source lists and that can be used. */
  readonly listed: number;
  /** Items that the source lists as well, and that were left out. */
  readonly refused: readonly Item[];
  /** False as well for a batch of which items were refused. */
  readonly complete: boolean;
  /** True for a complete batch that lists something, and not only what was refused: what it does not list may age. */
  readonly isLook: boolean;
  /** True when the source could not be read, or not be read well. */
  readonly hasFailed: boolean;
  readonly asked: Asked;
  /** The time at which the source was read. */
  readonly listedAt: Date;
}

/** The part of a batch that a cycle delivers. */
export interface Admitted<Item> extends Unheld<Item> {
  /** False while the first run of the feed waits for a batch: the cycle must leave no trace. */
  readonly isRecorded: boolean;
  /** The coverage after the batch. */
  readonly coverage: Coverage;
}

/**
 * Keeps a channel from being flooded, by a first run or by a feed that suddenly looks new. The first run decides about
 * the unseen items of new categories, the flood breaker about the others; what they decide is carried out.
 */
export class Admission<Item> {
  readonly #context: IntakeContext<Item>;
  readonly #partial: PartialItems<Item>;
  readonly #firstRuns: FirstRuns<Item>;
  /** The coverage after the last batch that was taken in. */
  #coverage: Coverage = [];

  constructor(context: IntakeContext<Item>, partial: PartialItems<Item>) {
    const { feed, options } = context;
    this.#context = context;
    this.#partial = partial;
    this.#firstRuns = new FirstRuns(options.firstRun, (item) => feed.key(item));
  }

  /** @throws {FeedUnauthorizedError} when Discord refuses the token of the question about a held batch. */
  async admit(
    batch: AdmissionBatch<Item>,
    { unseen, seen }: Pick<Prefiltered<Item>, 'unseen' | 'seen'>,
    tally: CycleTally,
  ): Promise<Admitted<Item>> {
    const { store, feed } = this.#context;
    const saved = await store.coverage.of(feed.name);
    const coverage = this.#withReach(saved ?? (await this.#assumed(batch, seen)), batch, seen);
    const parts = await this.#part(unseen, coverage, batch.asked);
    const firstRun = this.#decideFirstRun(batch, coverage, parts.uncovered);
    const flood = await decideFlood(this.#context, { unseen: parts.news, seen });
    const isRecorded = !isWithoutTrace(coverage, firstRun);
    const next = isRecorded && saysSomething(batch) ? coverageAfter(coverage, batch, firstRun) : saved;
    await markOld(this.#context, { batch, firstRun, missed: parts.old, coverage, saved, next }, tally);
    const admitted = await carryOut(this.#context, alongside(flood, firstRun?.newest ?? []), tally);
    return { ...admitted, deliver: inOrder(admitted.deliver, unseen), isRecorded, coverage: next ?? [] };
  }

  /** Notes that the batch was taken in. Until then, what its first run has marked would look like news. */
  conclude({ coverage }: Pick<Admitted<Item>, 'coverage'>): void {
    this.#coverage = coverage;
  }

  /** Tells, while the store cannot be asked, whether an item is news by what the store said last. */
  isNews(item: Item, asked: Asked): boolean {
    return this.#standing(item, this.#coverage, asked) === 'news';
  }

  /** A feed that had cycles before its coverage was kept was asked for something: nobody can know for what. */
  async #assumed({ asked, ...batch }: AdmissionBatch<Item>, seen: readonly Item[]): Promise<Coverage> {
    const { store, feed, logger } = this.#context;
    if (seen.length === 0 && (await store.cycles.isFirst(feed.name))) return [];
    if (feed.categories !== undefined && saysSomething(batch))
      logger.info('feed_categories_assumed', { feed: feed.name, categories: asked ?? ['*'] });
    return wholeCoverage(asked);
  }

  /** The oldest item that was seen shows how far back the wider question reached. */
  #withReach(coverage: Coverage, { asked, listedAt }: AdmissionBatch<Item>, seen: readonly Item[]): Coverage {
    if (!isNarrower(coverage, asked)) return coverage;
    return since(coverage, oldestTime(this.#context.feed, { items: seen, listedAt }));
  }

  /** Items that the ledger knows, because they wait for a retry for example, were news once, and stay news. */
  async #part(
    unseen: readonly Item[],
    coverage: Coverage,
    asked: Asked,
  ): Promise<Readonly<Record<Standing, readonly Item[]>>> {
    const { store, ids } = this.#context;
    const parts = Map.groupBy(unseen, (item) => this.#standing(item, coverage, asked));
    const doubtful = [...(parts.get('old') ?? []), ...(parts.get('uncovered') ?? [])];
    const unknown = new Set(await store.ledger.filterUnknown(doubtful.map((item) => ids.of(item))));
    const isUnknown = (item: Item): boolean => unknown.has(ids.of(item));
    const old = (parts.get('old') ?? []).filter(isUnknown);
    const uncoveredItems = (parts.get('uncovered') ?? []).filter(isUnknown);
    const others = new Set([...old, ...uncoveredItems]);
    return { old, uncovered: uncoveredItems, news: unseen.filter((item) => !others.has(item)) };
  }

  #standing(item: Item, coverage: Coverage, asked: Asked): Standing {
    const { feed } = this.#context;
    if (this.#partial.has(item)) return 'news';
    const facts = { categories: categoriesOf(feed, item), publishedAt: publishedAt(feed, item) };
    return standingOf(facts, coverage, asked);
  }

  /** A source that could not be read was asked for nothing. */
  #decideFirstRun(
    batch: AdmissionBatch<Item>,
    coverage: Coverage,
    items: readonly Item[],
  ): FirstRunDecision<Item> | null {
    if (coverage.length > 0 && !saysSomething(batch)) return null;
    const { listed, asked, listedAt } = batch;
    const categories = uncovered(coverage, asked);
    const newestAt = newestTime(this.#context.feed, { items: categories.length > 0 ? batch.items : [], listedAt });
    const refused = batch.refused.map((item) => factsOf(this.#context.feed, item));
    const left = refused.filter((facts) => facts === null || standingOf(facts, coverage, asked) === 'uncovered');
    const refusedTimes = left.map((facts) => facts?.publishedAt ?? null);
    return this.#firstRuns.decide({ categories, items, listed, newestAt, complete: batch.complete, refusedTimes });
  }
}

/** The facts of an item that was refused; null where the feed cannot say them, which the log has told. */
function factsOf<Item>(feed: ResolvedContext<Item>['feed'], item: Item): ItemFacts | null {
  try {
    return { categories: categoriesOf(feed, item), publishedAt: publishedAt(feed, item) };
  } catch {
    return null;
  }
}

/** False for a batch that shows neither an item nor that there is none. */
export function saysSomething({ listed, complete }: Pick<AdmissionBatch<unknown>, 'listed' | 'complete'>): boolean {
  return complete || listed > 0;
}

/** True while the first run of the whole feed waits: its cycles leave no trace in the history. */
function isWithoutTrace(coverage: Coverage, firstRun: FirstRunDecision<unknown> | null): boolean {
  return coverage.length === 0 && firstRun !== null && !firstRun.isOver && firstRun.newest.length === 0;
}

function coverageAfter(
  coverage: Coverage,
  { asked, complete }: Pick<AdmissionBatch<unknown>, 'asked' | 'complete'>,
  firstRun: FirstRunDecision<unknown> | null,
): Coverage {
  if (complete && firstRun?.isOver !== false) return wholeCoverage(asked);
  const kept = narrowed(coverage, asked);
  if (firstRun?.isOver !== true) return complete ? kept.map((entry) => ({ ...entry, oldBefore: null })) : kept;
  const { categories, oldBefore } = firstRun;
  return [...kept, ...categories.map((category) => ({ category, oldBefore }))];
}

/** The newest items of a first run share what becomes of the news, but make no flood. */
function alongside<Item>(flood: FloodDecision<Item>, newest: readonly Item[]): FloodDecision<Item> {
  if (flood.kind === 'end-hold') return { ...flood, rest: alongside(flood.rest, newest) };
  return { ...flood, items: [...flood.items, ...newest] };
}

/** The items in the order of the feed. What it no longer lists is older. */
function inOrder<Item>(items: readonly Item[], listed: readonly Item[]): Item[] {
  const wanted = new Set(items);
  const present = new Set(listed);
  return [...items.filter((item) => !present.has(item)), ...listed.filter((item) => wanted.has(item))];
}
