import type { SeenStore, SeenStoreOptions } from '../../src/store/index.ts';

/** A backend, as the contract's suites need to know it. */
export interface ContractBackend {
  readonly name: string;
  /** Time by which its clock may be set back without ending a lease, in milliseconds. */
  readonly toleratedSetbackMs: number;
  /** Options that reach one new, empty database, which is gone when the running test ends. */
  newDatabase(): Promise<SeenStoreOptions>;
  open(options: SeenStoreOptions): Promise<SeenStore>;
  /**
   * Keeps a copy of the database as it is now.
   *
   * @returns A function that puts the copy back, under the stores that are open: all that was written since is lost.
   */
  keepCopy(options: SeenStoreOptions): Promise<() => Promise<void>>;
}
