/** The backend that is measured. */
export type StoreKind = 'sqlite' | 'postgres';

/** The input of a case. */
export interface CaseInput {
  /** A folder of the run's own, removed at its end. */
  readonly folder: string;
  readonly quick: boolean;
  /** Prepared databases, by their number of rows: files, of which a case that writes takes a copy, or URLs. */
  readonly databases: Readonly<Record<number, string>>;
}

export interface Goal {
  readonly kind: 'at most' | 'at least';
  readonly value: number;
}

type Unit = '×' | 'µs' | 'ms' | 'MiB' | 'B' | 'items';

/** One line of the table. */
export interface Measurement {
  readonly label: string;
  readonly value: number;
  readonly unit: Unit;
  /** Left out where there is only something to know. */
  readonly goal?: Goal;
  /** The figures that the value was made of, in words. */
  readonly detail: string;
  /** The same in numbers, for the results file and the chart. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** A line of the table without a value. */
export interface Unmeasured {
  readonly label: string;
  /** Why. */
  readonly missing: string;
}

/** One row of the goals' table. Each runs in a process of its own, so that no case inherits another's memory. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  /** The sizes of the databases that the case needs. */
  rows(quick: boolean): readonly number[];
  run(input: CaseInput): Promise<readonly (Measurement | Unmeasured)[]>;
}

export function atMost(value: number): { readonly goal: Goal } {
  return { goal: { kind: 'at most', value } };
}

export function atLeast(value: number): { readonly goal: Goal } {
  return { goal: { kind: 'at least', value } };
}

/** Undefined for a measurement without a goal. */
export function isMet({ value, goal }: Measurement): boolean | undefined {
  if (goal === undefined) return undefined;
  return goal.kind === 'at most' ? value <= goal.value : value >= goal.value;
}

/** The prepared database with so many rows. */
export function databaseOf({ databases }: CaseInput, rows: number): string {
  const path = databases[rows];
  if (path === undefined) throw new Error(`There is no database of ${rows} rows: the case did not ask for it.`);
  return path;
}

export const million = 1_000_000;

/** A size as it is read: 10k, 1M. */
export function short(rows: number): string {
  return rows >= million ? `${rows / million}M` : `${rows / 1000}k`;
}
