import type { SeenStore, SeenStoreOptions } from '../../src/store/index.ts';

/** A backend, as the contract's suites need to know it. */
export interface ContractBackend {
  readonly name: string;
  /** Options that reach one new, empty database, which is gone when the running test ends. */
  newDatabase(): SeenStoreOptions;
  open(options: SeenStoreOptions): Promise<SeenStore>;
}
