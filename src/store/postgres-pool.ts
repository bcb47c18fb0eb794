import { SeenConfigError } from './errors.ts';

/** As much of a pool of the package `pg` as a store uses. A `Pool` of `pg` 8.11 or newer is one. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'connect', listener: (client: PostgresClient) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'connect', listener: (client: PostgresClient) => void): unknown;
}

/** A connection that a pool has lent. */
export interface PostgresClient {
  query(statement: PostgresStatement): Promise<PostgresResult>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  /** Gives the connection back; with an error, or true, the pool closes it. */
  release(broken?: Error | boolean): void;
}

/** A statement, as `pg` takes it. */
export interface PostgresStatement {
  readonly text: string;
  readonly values?: unknown[];
  readonly types?: { getTypeParser(oid: number, format?: string): (text: string) => unknown };
}

export interface PostgresResult {
  /** The word by which the server calls what it did, `COMMIT` for example. */
  readonly command: string;
  readonly rows: readonly unknown[];
  readonly rowCount: number | null;
}

const methods = ['connect', 'on', 'off'] as const satisfies readonly (keyof PostgresPool)[];

/** @throws {SeenConfigError} when what was given is no pool. The message shows nothing of it: it may hold a password. */
export function requirePool(pool: unknown): asserts pool is PostgresPool {
  const problem = poolProblem(pool);
  if (problem === undefined) return;
  throw new SeenConfigError(
    `pool must be a Pool of the package pg, but ${problem}. Pass new Pool({ connectionString }), or the URL as url: a pool ` +
      'cannot be sent to a worker thread, and a URL can.',
  );
}

function poolProblem(pool: unknown): string | undefined {
  if (typeof pool !== 'object' || pool === null) return `is a ${typeof pool}`;
  const missing = methods.filter((method) => typeof Reflect.get(pool, method) !== 'function');
  if (missing.length > 0) return `has no method ${missing.join(', ')}`;
  // A `Client` has all that a pool has, and what only a connection can do.
  return typeof Reflect.get(pool, 'getTypeParser') === 'function' ? 'is a single connection' : undefined;
}
