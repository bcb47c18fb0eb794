import type { Arrival, DatabaseName, Departure } from '../rows.ts';

// The part of the port that moves a database into another one. No store uses it: a transfer opens a database for itself.

/** A value as every backend has it. A whole number beyond the safe ones is a bigint. */
export type TransferValue = string | number | bigint | null;

/** A row, with its values in the order of the table's columns. */
export type TransferRow = readonly TransferValue[];

/** The values of a row's key. */
export type TransferKey = readonly TransferValue[];

/** A column, as all backends have it. */
export interface TransferColumn {
  readonly name: string;
  /** A flag is 0 or 1. */
  readonly type: 'text' | 'integer' | 'real' | 'flag';
  readonly isNullable: boolean;
}

/** A table, as all backends have it. */
export interface TransferTable {
  readonly name: string;
  readonly columns: readonly TransferColumn[];
  /** The number of columns that are the key: the first ones. Rows are read in the order of the key. */
  readonly keyLength: number;
  /** Columns that are unique beside the key. */
  readonly alsoUnique: readonly UniqueColumn[];
}

interface UniqueColumn {
  readonly column: string;
  /** The rows among which it is unique: those in which this column has this value. Left out, it is among all. */
  readonly among?: { readonly column: string; readonly value: number };
}

/** A database that rows are read from. Everything is read as it was at the moment of opening. */
export interface TransferSource {
  readonly database: DatabaseName;
  /** True when a store had it open at that moment. */
  readonly isInUse: boolean;
  /** The same for two openings between which nothing was written; undefined where that cannot be told. */
  readonly state: string | undefined;
  /**
   * Reads rows in the order of their keys: numbers by their size, texts by their bytes in UTF-8. The tables are read in
   * their order, each from the beginning to the end.
   *
   * @param after The key before the first row; null for the beginning.
   * @returns At most `limit` rows, or fewer where they are large; none only at the end.
   * @throws {SeenInputError} naming a row that cannot be moved.
   */
  read(table: TransferTable, after: TransferKey | null, limit: number): Promise<TransferRow[]>;
  /** Counts the rows of the tables, or estimates their number. */
  countRows(tables: readonly TransferTable[]): Promise<number>;
  /** The highest token that the database has given. */
  token(): Promise<number>;
  close(): Promise<void>;
}

/** Changes of one table. The keys and the rows are in the order of the keys, none of them twice. */
export interface TransferChanges {
  readonly removed: readonly TransferKey[];
  /** Rows that are new, or take the place of the row with their key and of those that they may not stand beside. */
  readonly put: readonly TransferRow[];
}

/** A database that is nobody else's for the time being: what rows are written to, or a source that is moved away. */
export interface TransferTarget {
  readonly database: DatabaseName;
  /** The marks that it was opened with. */
  readonly moves: Moves;
  read(table: TransferTable, after: TransferKey | null, limit: number): Promise<TransferRow[]>;
  countRows(tables: readonly TransferTable[]): Promise<number>;
  /**
   * Returns the row as this database keeps it.
   *
   * @throws {SeenInputError} naming a row that it cannot keep.
   */
  toKept(table: TransferTable, row: TransferRow): TransferRow;
  /** Makes the changes in one transaction. */
  change(table: TransferTable, changes: TransferChanges): Promise<void>;
  /** Makes sure that no token up to this one is given any more. */
  raiseToken(token: number): Promise<void>;
  /** Replaces the marks. */
  saveMoves(moves: Moves): Promise<void>;
  close(): Promise<void>;
}

/** The state of a database before anything is done to it. */
export interface FoundDatabase {
  readonly database: DatabaseName;
  readonly moves: Moves;
  /** True when no store has ever used it. */
  readonly isEmpty: boolean;
}

/**
 * Decides by what was found, while no store can open the database.
 *
 * @returns The marks to leave before anybody else can.
 * @throws To refuse. Nothing is changed then.
 */
export type Admit = (found: FoundDatabase) => Moves;

/** The marks of a database that was moved, or copied into. */
export interface Moves {
  /** The last transfer into the database. */
  readonly arrival: Arrival | undefined;
  /** The move away from it. */
  readonly departure: Departure | undefined;
}

export interface MoveReads {
  moves(): Promise<Moves>;
}

export interface MoveWrites {
  /** Notes that a store uses the database that was moved into. */
  noteUse(): Promise<void>;
}
