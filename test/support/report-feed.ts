import { NoteFeed, type Note } from './notes.ts';

/** A note of which its feed says more. */
export interface Report extends Note {
  readonly categories?: readonly string[];
  /** Minutes since the beginning of 2026. */
  readonly minute?: number;
  readonly partial?: boolean;
}

/** A feed whose items have categories and times, and may be listed in part. Their messages show what they consist of. */
export class ReportFeed extends NoteFeed {
  categories({ categories = [] }: Report): readonly string[] {
    return categories;
  }

  publishedAt({ minute }: Report): Date | null {
    return minute === undefined ? null : new Date(Date.UTC(2026, 0, 1, 0, minute));
  }

  isWhole({ partial = false }: Report): boolean {
    return !partial;
  }

  override message({ id, partial = false }: Report): { content: string } {
    return { content: partial ? `part of ${id}` : id };
  }
}

/** Reports of one category with the ids `CATEGORY1` … `CATEGORYcount`, published a minute apart. */
export function reports(count: number, category: string, firstMinute = 1): Report[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${category}${index + 1}`,
    categories: [category],
    minute: firstMinute + index,
  }));
}
