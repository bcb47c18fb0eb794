import type { Coverage, Coverages, CoveredCategory } from '../contract/coverage.ts';
import { SeenInputError } from '../errors.ts';
import { toJson } from '../json.ts';
import { readArgument, requireDate, requireList, requireObject, requireText, type Given } from './arguments.ts';
import type { StoreContext } from './context.ts';

/** A covered category as it is stored. */
interface StoredCategory {
  readonly category: string | null;
  /** Unix time in milliseconds. */
  readonly oldBefore: number | null;
}

/** The coverage of each feed. */
export function coverages(context: StoreContext): Coverages {
  const { reads, writes } = context.backend;

  return {
    async of(feed) {
      requireText('feed', feed);
      context.requireOpen('coverage.of');
      const row = await reads.findCoverage(feed);
      return row === undefined ? null : toCoverage(row.categories);
    },

    async save(feed, coverage) {
      requireText('feed', feed);
      const categories = toJson('the coverage', readCoverage(coverage));
      context.requireOpen('coverage.save');
      await writes.saveCoverage({ feed, categories });
    },
  };
}

function toCoverage(json: string): Coverage {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `save` made it
  const stored = JSON.parse(json) as readonly StoredCategory[];
  return stored.map(({ category, oldBefore }) => ({
    category,
    oldBefore: oldBefore === null ? null : new Date(oldBefore),
  }));
}

/** @throws {SeenInputError} naming what cannot be stored. */
function readCoverage(given: Coverage): StoredCategory[] {
  const categories = requireList('coverage', given).map((one, index) => {
    const name = `coverage[${index}]`;
    return readArgument(name, () => readCategory(name, one));
  });
  const names = new Set(categories.map(({ category }) => category));
  if (names.size === categories.length) return categories;
  throw new SeenInputError('coverage names a category twice. Give each category one entry.');
}

function readCategory(name: string, given: unknown): StoredCategory {
  const { category, oldBefore }: Given<CoveredCategory> = requireObject(name, given);
  return {
    category: category === null ? null : requireText(`${name}.category`, category),
    oldBefore: oldBefore === null ? null : requireDate(`${name}.oldBefore`, oldBefore),
  };
}
