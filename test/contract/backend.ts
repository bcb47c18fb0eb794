import type { SeenStore, SeenStoreOptions } from '../../src/store/index.ts';

/** What the contract suite needs to know of a backend. */
export interface Backend {
  readonly name: string;
  /** Options that reach one new, empty database, which is gone when the running test ends. */
  newDatabase(): SeenStoreOptions;
  open(options: SeenStoreOptions): Promise<SeenStore>;
}
