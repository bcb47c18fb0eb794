import type { Coverage, CoveredCategory } from '../../store/contract/coverage.ts';
import { later } from './item-facts.ts';

/** The categories that a source was asked for; null for everything. */
export type Asked = readonly string[] | null;

/** The facts of an item by which it is found out to be news. */
export interface ItemFacts {
  readonly categories: readonly string[];
  readonly publishedAt: Date | null;
}

/** The standing of an unseen item: the first run of its categories is over or not, and left it out or not. */
export type Standing = 'news' | 'old' | 'uncovered';

/** The coverage of a source that has been read to its end. */
export function wholeCoverage(asked: Asked): Coverage {
  return (asked ?? [null]).map((category) => ({ category, oldBefore: null }));
}

/** The categories that have yet to have their first run; null stands for all that were not asked for before. */
export function uncovered(coverage: Coverage, asked: Asked): (string | null)[] {
  return (asked ?? [null]).filter((category) => entryOf(coverage, category) === undefined);
}

/** The part of the coverage that is still asked for. A category that is not, and is again later, is a new one then. */
export function narrowed(coverage: Coverage, asked: Asked): Coverage {
  if (asked === null) return coverage;
  return asked.flatMap((category) => {
    const entry = entryOf(coverage, category);
    return entry === undefined ? [] : [{ ...entry, category }];
  });
}

/** True when something is no longer asked for. The answer to a narrower question may reach further back. */
export function isNarrower(coverage: Coverage, asked: Asked): boolean {
  return asked !== null && coverage.some(({ category }) => category === null || !asked.includes(category));
}

/** The coverage of a source of which nothing that was published before `start` has been listed. */
export function since(coverage: Coverage, start: Date | null): Coverage {
  return coverage.map(({ category, oldBefore }) => ({ category, oldBefore: later(oldBefore, start) }));
}

/** An item of several categories is what it is in the best known of them. */
export function standingOf(facts: ItemFacts, coverage: Coverage, asked: Asked): Standing {
  const entries = entriesOf(facts.categories, coverage, asked);
  if (entries.length === 0) return 'uncovered';
  return entries.every(({ oldBefore }) => isBefore(facts.publishedAt, oldBefore)) ? 'old' : 'news';
}

/** An item that is listed although none of its categories was asked for belongs to every covered category. */
function entriesOf(categories: readonly string[], coverage: Coverage, asked: Asked): Coverage {
  const relevant = asked === null ? categories : categories.filter((category) => asked.includes(category));
  if (relevant.length === 0 && asked !== null) return coverage;
  const sought = relevant.length === 0 ? [null] : relevant;
  return sought.map((category) => entryOf(coverage, category)).filter((entry) => entry !== undefined);
}

function entryOf(coverage: Coverage, category: string | null): CoveredCategory | undefined {
  const named = coverage.find((entry) => entry.category === category);
  return named ?? coverage.find((entry) => entry.category === null);
}

/** True for a time before another one; false where one of them is not known. */
export function isBefore(time: Date | null, end: Date | null): boolean {
  return time !== null && end !== null && time < end;
}
