import { monotonicNow, sleepUnlessAborted } from '../../clock.ts';
import { SeenStoreOpenError } from '../../errors.ts';
import type { PostgresOptions } from '../../options.ts';
import type { Session } from '../session.ts';
import { Connections } from './connections.ts';
import { explain } from './explain.ts';
import { isPassing, isUnsupportedParameter, kindOfFailure, UnreachableError } from './failures.ts';
import { limits, tellMissingLimits } from './limits.ts';
import { locationOf } from './location.ts';
import { SCHEMA_VERSION } from './migrations.ts';
import { openPool } from './pool.ts';
import { requireServer, upgradeSchema } from './require-server.ts';

export interface Connected {
  readonly connections: Connections;
  readonly location: string;
  /** The version of the schema before it was brought up to date. */
  readonly versionBefore: number;
}

/** The purpose that connections are made for. */
interface Purpose {
  /** The name by which the server tells them from others. */
  readonly name: string;
  /** Makes sure that the database can serve it, and returns the version of the schema. */
  readonly require: (session: Session, schema: string) => Promise<number>;
  /** Brings an older schema up to date, which may take long. Default: it is left as it is. */
  readonly upgrade?: (session: Session, schema: string) => Promise<unknown>;
}

const storePurpose: Purpose = { name: 'sapphire-plugin-seen', require: requireServer, upgrade: upgradeSchema };

/** The signal of those that nobody stops while they wait. */
const never = new AbortController().signal;

/** Pause before the next attempt to reach a server that may be starting, in milliseconds. */
const RETRY_MS = 250;

/**
 * Connects to the server, and brings the schema up to date. A server that may be starting is waited for, for
 * `busyTimeoutMs` at most, as the containers of a bot and its database are often started together.
 *
 * @throws {SeenStoreOpenError} saying what to do.
 */
export async function connect(options: PostgresOptions, purpose = storePurpose): Promise<Connected> {
  const location = locationOf(options);
  try {
    return await connectWith(options, purpose, true);
  } catch (error) {
    if (!isUnsupportedParameter(causeOf(error))) throw openFailure(options, location, error);
  }
  try {
    return await connectWith(options, purpose, false);
  } catch (error) {
    throw openFailure(options, location, error);
  }
}

async function connectWith(options: PostgresOptions, purpose: Purpose, hasLimits: boolean): Promise<Connected> {
  const location = locationOf(options);
  const connections = new Connections(await openPool(options, purpose.name, hasLimits), location, options);
  try {
    const versionBefore = await whenReachable(options, () => prepare(connections, purpose, options));
    return { connections, location, versionBefore };
  } catch (error) {
    await connections.close();
    throw error;
  }
}

async function prepare(connections: Connections, purpose: Purpose, options: PostgresOptions): Promise<number> {
  const { schema } = options;
  const version = await connections.use(async (session) => {
    await tellMissingLimits(session, locationOf(options), options.logger);
    return purpose.require(session, schema);
  });
  const { upgrade } = purpose;
  if (version < SCHEMA_VERSION && upgrade !== undefined)
    await connections.use((session) => upgrade(session, schema), limits.upgradeMs);
  return version;
}

async function whenReachable<Result>(
  { clock, busyTimeoutMs, signal = never }: PostgresOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedAt = monotonicNow(clock);
  let lastFailure: unknown;
  for (;;) {
    try {
      return await unlessAborted(signal, work);
    } catch (error) {
      // Why the server could not be reached says more than that nobody waits for it any more.
      if (signal.aborted) throw lastFailure ?? error;
      const isLate = monotonicNow(clock) - startedAt >= busyTimeoutMs;
      if (isLate || !mayPass(error)) throw error;
      lastFailure = error;
      await sleepUnlessAborted(clock, RETRY_MS, signal);
    }
  }
}

/** Whoever stops it waits for no answer: the connections are closed next, which undoes what was not committed. */
async function unlessAborted<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work(), promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Migrations are repeated whole: either all of them were made, or none. */
function mayPass(error: unknown): boolean {
  if (error instanceof UnreachableError) return isPassing(error.cause);
  const kind = kindOfFailure(error);
  return kind === 'conflict' || kind === 'interrupted' || kind === 'unanswered';
}

function causeOf(error: unknown): unknown {
  return error instanceof UnreachableError ? error.cause : error;
}

function openFailure(options: PostgresOptions, location: string, error: unknown): unknown {
  if (options.signal?.aborted === true && error === options.signal.reason) return error;
  const cause = causeOf(error);
  const reason = explain(cause);
  const message = `The seen store ${location} could not be opened: ${reason}. Look at ${options.serverSetting}.`;
  const failure = new SeenStoreOpenError(message, location, { cause });
  options.logger.error('seen_store_schema_init_failed', { location, error: failure });
  return failure;
}
