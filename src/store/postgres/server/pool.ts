import { Socket } from 'node:net';

import type { PostgresOptions } from '../../options.ts';
import type { PostgresPool } from '../../postgres-pool.ts';
import { ServerUrl } from '../../server-url.ts';
import { loadDriver } from './driver.ts';
import { limits, SESSION_OPTIONS, sessionLimits } from './limits.ts';

/** A pool, and the way to end it. */
export interface OwnedPool {
  readonly pool: PostgresPool;
  /** True for the bot's own pool. */
  readonly isLent: boolean;
  /** Connections that it makes, at most. */
  readonly max: number;
  /** The reason and the remedy when all of them are in use, as the end of a sentence. */
  readonly crowded: string;
  /** Tells whether all of them were in use when none could be had. `lent` are those that the store uses. */
  isUsedUp(lent: number, error: unknown): boolean;
  /** Ends the pool, unless it was lent. */
  end(): Promise<void>;
  /** Ends what still keeps it from ending, without a word to the server. */
  cut(): void;
}

/** Connections of a store, at most: hosted plans have few. */
const MOST_CONNECTIONS = 4;

/**
 * Lends out the bot's pool, or makes one of the URL.
 *
 * @param name The name by which the server tells its connections from others.
 * @param hasLimits False behind a pooler that takes no limits for a session.
 */
export async function openPool(
  { server }: Pick<PostgresOptions, 'server'>,
  name: string,
  hasLimits: boolean,
): Promise<OwnedPool> {
  if (!(server instanceof ServerUrl)) return lentPool(server);
  const { Pool } = await loadDriver();
  const sockets = new Set<Socket>();
  const pool = new Pool({
    connectionString: withPlainMode(server.reveal()),
    application_name: name,
    max: MOST_CONNECTIONS,
    min: 0,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: limits.connectMs,
    keepAlive: true,
    allowExitOnIdle: true,
    stream: () => followed(sockets),
    ...(hasLimits && { ...sessionLimits, options: SESSION_OPTIONS }),
  });
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    pool,
    isLent: false,
    max: MOST_CONNECTIONS,
    crowded: 'all connections of the pool were in use',
    isUsedUp: (lent) => lent >= MOST_CONNECTIONS,
    end: () => pool.end(),
    cut,
  };
}

function lentPool(pool: PostgresPool): OwnedPool {
  const max = maxOf(pool);
  return {
    pool,
    isLent: true,
    max,
    crowded: "all connections of the bot's own pool were in use for too long. Raise its max, or release them earlier",
    isUsedUp: (_lent, error) => isQueueTimeout(error) || (numberOf(pool, 'waitingCount') ?? 0) > 0,
    end: () => Promise.resolve(),
    cut: () => undefined,
  };
}

/** A pool need not be one of `pg`. */
function maxOf(pool: PostgresPool): number {
  const options: unknown = Reflect.get(pool, 'options');
  return (typeof options === 'object' && options !== null ? numberOf(options, 'max') : undefined) ?? Infinity;
}

function numberOf(object: object, name: string): number | undefined {
  const value: unknown = Reflect.get(object, name);
  return typeof value === 'number' ? value : undefined;
}

/** The pool itself has given up waiting for a connection of its own that is in use. */
function isQueueTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('timeout exceeded when trying to connect');
}

/** `pg` takes these modes for `verify-full`, with a warning past every logger. */
function withPlainMode(url: string): string {
  if (/[?&]uselibpqcompat=true(?:&|$)/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}

function followed(sockets: Set<Socket>): Socket {
  const socket = new Socket();
  sockets.add(socket);
  return socket.once('close', () => sockets.delete(socket));
}
