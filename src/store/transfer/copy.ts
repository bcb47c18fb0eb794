import type { TransferKey, TransferRow, TransferSource, TransferTable, TransferTarget } from '../port/transfer.ts';
import { MOST_CHARACTERS, sizeOfRow } from '../row-size.ts';
import { nextTurn, TURN_SIZE } from '../turns.ts';
import { compareKeys, keyOf } from './compare-keys.ts';
import { RowReader } from './row-reader.ts';
import { transferTables } from './tables.ts';
import { Tally, type TransferProgress } from './tally.ts';

/** Cancellation and progress of a transfer. */
export interface TransferControl {
  /** Ends the transfer between two transactions. It rejects with the signal's reason, and goes on when it is repeated. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/** A transfer that has ended. */
export interface TransferResult {
  /** Rows that the source has. */
  readonly rows: number;
  readonly changed: number;
}

/**
 * Makes the target equal to the source: rows that it lacks are written, those that differ replaced, those that the source
 * does not have deleted. What is equal is only read, so a transfer that was interrupted is simply made again, and a second
 * one takes little more than the time to read both.
 */
export async function copyRows(
  source: TransferSource,
  target: TransferTarget,
  control: TransferControl = {},
): Promise<TransferResult> {
  await target.raiseToken(await source.token());
  const tally = new Tally(await source.countRows(transferTables), await target.countRows(transferTables));
  for (const table of transferTables) await new TableCopy(table, source, target, tally, control).run();
  return { rows: tally.ofSource, changed: tally.changed };
}

/** The copy of one table: both sides are read in the order of their keys, side by side. */
class TableCopy {
  readonly #table: TransferTable;
  readonly #source: RowReader;
  readonly #kept: RowReader;
  readonly #target: TransferTarget;
  readonly #tally: Tally;
  readonly #control: TransferControl;
  #removed: TransferKey[] = [];
  #put: TransferRow[] = [];
  #size = 0;
  #unseen = 0;

  constructor(
    table: TransferTable,
    source: TransferSource,
    target: TransferTarget,
    tally: Tally,
    control: TransferControl,
  ) {
    this.#table = table;
    this.#source = new RowReader(source, table);
    this.#kept = new RowReader(target, table);
    this.#target = target;
    this.#tally = tally;
    this.#control = control;
  }

  async run(): Promise<void> {
    for (;;) {
      if (this.#source.isDue) await this.#source.read();
      if (this.#kept.isDue) await this.#kept.read();
      const [row, kept] = [this.#source.row, this.#kept.row];
      if (row === undefined && kept === undefined) return this.#write();
      this.#step(row, kept);
      if (this.#isFull) await this.#write();
      else if ((this.#unseen += 1) >= TURN_SIZE) await this.#tell();
    }
  }

  get #isFull(): boolean {
    return this.#removed.length + this.#put.length >= TURN_SIZE || this.#size >= MOST_CHARACTERS;
  }

  #step(row: TransferRow | undefined, kept: TransferRow | undefined): void {
    const order = this.#order(row, kept);
    if (order >= 0) this.#kept.skip();
    if (order <= 0) this.#source.skip();
    this.#tally.count(order);
    if (order > 0 && kept !== undefined) this.#removed.push(keyOf(this.#table, kept));
    if (order > 0 || row === undefined) return;
    const wanted = this.#target.toKept(this.#table, row);
    if (order === 0 && kept !== undefined && isEqual(wanted, kept)) return;
    this.#put.push(wanted);
    this.#size += sizeOfRow(wanted);
  }

  /** Negative for a row that the target lacks, positive for one that the source lacks. */
  #order(row: TransferRow | undefined, kept: TransferRow | undefined): number {
    if (row === undefined) return 1;
    if (kept === undefined) return -1;
    return compareKeys(keyOf(this.#table, row), keyOf(this.#table, kept));
  }

  async #write(): Promise<void> {
    const [removed, put] = [this.#removed, this.#put];
    [this.#removed, this.#put, this.#size] = [[], [], 0];
    if (removed.length + put.length > 0) await this.#target.change(this.#table, { removed, put });
    this.#tally.changed += removed.length + put.length;
    await this.#tell();
  }

  /** Lets an abort in as well. */
  async #tell(): Promise<void> {
    this.#unseen = 0;
    this.#control.onProgress?.(this.#tally.progress);
    await nextTurn();
    this.#control.signal?.throwIfAborted();
  }
}

function isEqual(one: TransferRow, other: TransferRow): boolean {
  return one.every((value, index) => value === other[index]);
}
