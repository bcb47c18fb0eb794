import { visitInTurns } from '../../store/turns.ts';
import type { FilingRow } from '../filing.ts';
import { namesParty, rowKey } from '../row-key.ts';

/** Rows that are remembered at most, four times those of a whole feed. */
const MAX_REMEMBERED = 20_000;

/**
 * The rows that followed each other in earlier crawls. They are known by their keys: the same row may be written in
 * other words the next time, by a proxy that adds something to it for example.
 */
export class Neighbours {
  readonly #next = new Map<string, string>();

  /** Remembers the rows of a whole feed, in place of all others. Where a null stands, rows may be missing. */
  async replace(rows: readonly (FilingRow | null)[]): Promise<void> {
    this.#next.clear();
    await this.add(rows);
  }

  /** Remembers rows beside those of earlier crawls, of which the oldest are forgotten when there are too many. */
  async add(rows: readonly (FilingRow | null)[]): Promise<void> {
    await visitInTurns(rows, (row, index) => {
      const next = rows[index + 1];
      if (!row || !next || !namesParty(row) || !namesParty(next)) return;
      const key = rowKey(row);
      this.#next.delete(key);
      this.#next.set(key, rowKey(next));
    });
    for (const key of this.#next.keys()) {
      if (this.#next.size <= MAX_REMEMBERED) return;
      this.#next.delete(key);
    }
  }

  /** Tells whether the one row was followed by the other. */
  has(one: FilingRow, other: FilingRow): boolean {
    return namesParty(one) && namesParty(other) && this.#next.get(rowKey(one)) === rowKey(other);
  }
}
