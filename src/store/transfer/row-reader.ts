import { SeenInputError } from '../errors.ts';
import type { TransferKey, TransferRow, TransferSource, TransferTable } from '../port/transfer.ts';
import { TURN_SIZE } from '../turns.ts';
import { compareKeys, keyOf } from './compare-keys.ts';

/** Reads the rows of a table one after the other, by the thousand at most. */
export class RowReader {
  readonly #source: Pick<TransferSource, 'database' | 'read'>;
  readonly #table: TransferTable;
  #rows: readonly TransferRow[] = [];
  #next = 0;
  #last: TransferKey | null = null;
  #isAtEnd = false;

  constructor(source: Pick<TransferSource, 'database' | 'read'>, table: TransferTable) {
    this.#source = source;
    this.#table = table;
  }

  /** True while the next row has to be read first. To wait for each of a million rows would take half of the time. */
  get isDue(): boolean {
    return this.#next >= this.#rows.length && !this.#isAtEnd;
  }

  /** The next row; undefined at the end. */
  get row(): TransferRow | undefined {
    return this.#rows[this.#next];
  }

  skip(): void {
    this.#next += 1;
  }

  async read(): Promise<void> {
    const rows = await this.#source.read(this.#table, this.#last, TURN_SIZE);
    for (const row of rows) this.#follow(row);
    this.#rows = rows;
    this.#next = 0;
    this.#isAtEnd = rows.length === 0;
  }

  /** Rows out of order would be deleted by the next ones. */
  #follow(row: TransferRow): void {
    const key = keyOf(this.#table, row);
    if (this.#last !== null && compareKeys(this.#last, key) >= 0) {
      const [before, after] = [this.#last, key].map((one) =>
        one.map((value) => JSON.stringify(String(value))).join(', '),
      );
      const message = `The rows of the table ${this.#table.name} in ${this.#source.database.location} are not in the order of their keys: ${after} comes after ${before}.`;
      throw new SeenInputError(message);
    }
    this.#last = key;
  }
}
