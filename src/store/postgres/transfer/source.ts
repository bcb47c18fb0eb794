import { SeenError, SeenStoreError } from '../../errors.ts';
import type { PostgresOptions } from '../../options.ts';
import type { TransferSource } from '../../port/transfer.ts';
import type { DatabaseName } from '../../rows.ts';
import { presentStores } from '../presence.ts';
import { Deadlines } from '../server/deadlines.ts';
import { explain } from '../server/explain.ts';
import { AttemptTimeoutError } from '../server/failures.ts';
import { limits } from '../server/limits.ts';
import { locationOf } from '../server/location.ts';
import type { Session } from '../session.ts';
import { tablesOf } from '../tables.ts';
import { connectToExisting } from './connections.ts';
import { countRows, readRows } from './rows.ts';

/** Time that the other side may take between two reads, in milliseconds. */
const IDLE_LIMIT_MS = 600_000;

/**
 * Opens a database to read its rows, as they are now. Nothing in it is changed.
 *
 * @throws {SeenStoreOpenError} when it cannot be reached, has no store, or is of another version.
 */
export async function openPostgresSource(options: PostgresOptions): Promise<TransferSource> {
  const { connections } = await connectToExisting(options);
  const deadlines = new Deadlines(options.clock);
  const soon = <Result>(work: () => Promise<Result>): Promise<Result> => deadlines.within(limits.attemptMs, work);
  const ended = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<Omit<TransferSource, 'close'>>();
  const reading = connections
    .use(async (session) => {
      begun.resolve(await soon(() => beginReading(session, options)));
      await ended.promise;
      await soon(() => session.run('ROLLBACK'));
    }, Infinity)
    .catch(begun.reject);
  const close = async (): Promise<void> => {
    ended.resolve();
    await reading;
    await connections.close();
  };
  try {
    const source = await begun.promise;
    // A connection that has not answered once does not answer at the end either: it is thrown away.
    const asked = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      try {
        return await soon(work);
      } catch (error) {
        if (error instanceof AttemptTimeoutError) ended.reject(error);
        throw failureOf(error, source.database);
      }
    };
    return {
      ...source,
      read: (table, after, limit) => asked(() => source.read(table, after, limit)),
      countRows: (tables) => asked(() => source.countRows(tables)),
      token: () => asked(() => source.token()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function failureOf(cause: unknown, { location }: DatabaseName): SeenError {
  if (cause instanceof SeenError) return cause;
  return new SeenStoreError('import', `${location} could not be read to its end: ${explain(cause)}.`, { cause });
}

/** All reads of the session see the database as it is now. */
async function beginReading(session: Session, options: PostgresOptions): Promise<Omit<TransferSource, 'close'>> {
  const { schema } = options;
  await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await session.run(`SET LOCAL idle_in_transaction_session_timeout = ${IDLE_LIMIT_MS}`);
  const moment = await session.row<{ state: string }>('SELECT pg_current_snapshot()::text AS state');
  const database = await readName(session, options);
  const stores = await presentStores(session, schema);
  return {
    database,
    isInUse: stores.length > 0,
    state: moment?.state,
    read: (table, after, limit) => readRows(session, schema, table, after, limit),
    countRows: (tables) => countRows(session, schema, tables),
    token: () => readToken(session, schema),
  };
}

/** The name of the database. */
export async function readName(session: Session, options: PostgresOptions): Promise<DatabaseName> {
  const { database } = tablesOf(options.schema);
  const row = await session.row<{ id: string }>(`SELECT id FROM ${database}`);
  return { backend: 'postgres', id: row?.id ?? '', location: locationOf(options) };
}

async function readToken(session: Session, schema: string): Promise<number> {
  const { token, item } = tablesOf(schema);
  const row = await session.row<{ token: number }>(
    `SELECT greatest((SELECT max(value) FROM ${token}), (SELECT max(token) FROM ${item}), 0) AS token`,
  );
  return row?.token ?? 0;
}
