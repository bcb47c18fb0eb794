import { onTestFinished } from 'vitest';

import { systemClock, type Clock } from '../../../src/store/clock.ts';
import { resolveSeenStoreOptions, type PostgresOptions, type SeenStoreOptions } from '../../../src/store/options.ts';
import { Database } from '../../../src/store/postgres/database.ts';
import { connect } from '../../../src/store/postgres/server/connect.ts';

/** A database under the port's reads and writes, closed when the running test ends. */
export async function openDatabase(options: SeenStoreOptions): Promise<Database> {
  const resolved = postgresOptions(options);
  const { connections, location } = await connect(resolved);
  const database = new Database(connections, location, resolved);
  onTestFinished(() => database.close());
  return database;
}

export function postgresOptions(options: SeenStoreOptions): PostgresOptions {
  return resolveSeenStoreOptions(options, {}) as PostgresOptions;
}

/** A clock that can be told to run faster than the machine's, for limits of seconds. */
export class FastClock implements Clock {
  #factor = 1;
  #base = performance.now();
  #since = this.#base;

  runAt(factor: number): void {
    this.#base = this.monotonic();
    this.#since = performance.now();
    this.#factor = factor;
  }

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return this.#base + (performance.now() - this.#since) * this.#factor;
  }

  sleep(ms: number, ...rest: [signal?: AbortSignal, options?: { readonly ref?: boolean }]): Promise<void> {
    return systemClock.sleep(ms / this.#factor, ...rest);
  }
}

/** The error that a promise is rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('Nothing was thrown.');
}
