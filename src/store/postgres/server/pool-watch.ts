import type { PostgresClient, PostgresPool } from '../../postgres-pool.ts';

type OnError = (error: Error) => void;

/** Those who are told of a pool's broken connections. */
const watchers = new WeakMap<PostgresPool, PoolWatch>();

/** The one pair of listeners that all stores on a pool share: without it, a connection that breaks ends the process. */
class PoolWatch {
  readonly #pool: PostgresPool;
  readonly #told = new Set<OnError>();
  readonly #onError: OnError = (error) => this.#told.forEach((onError) => onError(error));

  constructor(pool: PostgresPool) {
    this.#pool = pool;
  }

  add(onError: OnError): void {
    if (this.#told.size === 0) {
      this.#pool.on('error', this.#onError);
      this.#pool.on('connect', watchFromTheStart);
    }
    this.#told.add(onError);
  }

  delete(onError: OnError): void {
    if (!this.#told.delete(onError) || this.#told.size > 0) return;
    this.#pool.off('error', this.#onError);
    this.#pool.off('connect', watchFromTheStart);
  }
}

/**
 * Listens to the connections of a pool that break while nobody uses them.
 *
 * @returns A function that ends this.
 */
export function watchPool(pool: PostgresPool, onError: OnError): () => void {
  const watch = watchers.get(pool) ?? new PoolWatch(pool);
  watchers.set(pool, watch);
  watch.add(onError);
  return () => watch.delete(onError);
}

/** A connection that breaks while it is lent out says so to its statements as well. */
export function ignore(): void {
  // Without a listener, the process would end.
}

/**
 * A server that ends a session right after its start tells both at once, before whoever waits for the connection can
 * listen to it: such an error would end the process. Whoever it is for has it by the next turn of the event loop.
 */
function watchFromTheStart(client: PostgresClient): void {
  client.on('error', ignore);
  setImmediate(() => client.off('error', ignore));
}
