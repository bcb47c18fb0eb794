import { SeenStoreOpenError } from '../../errors.ts';
import { toMoveRows, toMoves, type MoveRow } from '../../move-rows.ts';
import type { PostgresOptions } from '../../options.ts';
import type { Admit, Moves, TransferTable, TransferTarget } from '../../port/transfer.ts';
import { Database } from '../database.ts';
import { presentStores } from '../presence.ts';
import type { Session } from '../session.ts';
import { connectOrCreate } from './connections.ts';
import { changeRows, countRows, nameOf, readRows, toKept } from './rows.ts';
import { readName } from './source.ts';

/** The lock under which the marks are changed. */
const LOCK = 'transfer';

/**
 * Opens a database that no store uses, creating or upgrading it as needed, for a transfer.
 *
 * @param tables The tables that tell whether the database has been used.
 * @throws {SeenStoreOpenError} when it cannot be opened, or a store uses it; and what `admit` throws.
 */
export async function openPostgresTarget(
  options: PostgresOptions,
  tables: readonly TransferTable[],
  admit: Admit,
): Promise<TransferTarget> {
  const { connections, location } = await connectOrCreate(options);
  const database = new Database(connections, location, options);
  try {
    const moves = await database.transact('import', LOCK, (session) => enter(session, options, tables, admit));
    const name = await database.run('import', (session) => readName(session, options));
    return createTarget(database, options, { moves, database: name });
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** @returns The marks that it leaves. */
async function enter(
  session: Session,
  options: PostgresOptions,
  tables: readonly TransferTable[],
  admit: Admit,
): Promise<Moves> {
  const { schema } = options;
  const database = await readName(session, options);
  const move = nameOf(schema, { name: 'seen_move' });
  // A store that opens notes its presence, and then reads the marks. Those that are at work read them with each write.
  await session.run(`LOCK TABLE ${move}`);
  const stores = await presentStores(session, schema);
  if (stores.length > 0) throw new SeenStoreOpenError(inUse(database.location, stores), database.location);
  const found = toMoves(await session.rows<MoveRow>(`SELECT * FROM ${move}`));
  const moves = admit({ database, moves: found, isEmpty: await isEmpty(session, schema, tables) });
  await saveMoves(session, schema, moves);
  return moves;
}

function inUse(location: string, [first, ...others]: readonly string[]): string {
  const more = others.length === 0 ? '' : `, and by ${others.length} more`;
  return (
    `${location} is in use by ${first}${more}. Stop the bot, and try again. A bot that was killed counts for two and a ` +
    'half minutes.'
  );
}

async function isEmpty(session: Session, schema: string, tables: readonly TransferTable[]): Promise<boolean> {
  const some = tables.map((table) => `EXISTS (SELECT FROM ${nameOf(schema, table)})`);
  const row = await session.row<{ used: boolean }>(`SELECT ${some.join(' OR ')} AS used`);
  return row?.used === false;
}

function createTarget(
  database: Database,
  { schema, clock, logger }: PostgresOptions,
  found: Pick<TransferTarget, 'database' | 'moves'>,
): TransferTarget {
  const { token, cycle, hold } = database.tables;
  return {
    ...found,
    read: (table, after, limit) => database.run('import', (session) => readRows(session, schema, table, after, limit)),
    countRows: (tables) => database.run('import', (session) => countRows(session, schema, tables)),
    toKept: (table, row) => {
      const isBackup = table.name === 'seen_loss' && row.includes(null);
      if (isBackup) logger.warn('seen_store_commits_uncertain', { location: database.location, sign: 'backup' });
      return toKept(table, row, Math.floor(clock.now()));
    },
    change: (table, changes) =>
      database.transact('import', LOCK, (session) => changeRows(session, schema, table, changes)),
    raiseToken: (value) =>
      database.run('import', async (session) => {
        await session.run(`UPDATE ${token} SET value = greatest(value, $1)`, [value]);
      }),
    saveMoves: (moves) =>
      database.transact('import', LOCK, async (session) => {
        for (const table of [cycle, hold]) await continueNumbers(session, table);
        await saveMoves(session, schema, moves);
      }),
    close: () => database.close(),
  };
}

/** New rows get numbers above those that were brought along. */
async function continueNumbers(session: Session, table: string): Promise<void> {
  await session.run(
    `SELECT setval(pg_get_serial_sequence($1, 'id'), greatest((SELECT max(id) FROM ${table}), 1),
       EXISTS (SELECT FROM ${table}))`,
    [table],
  );
}

async function saveMoves(session: Session, schema: string, moves: Moves): Promise<void> {
  const move = nameOf(schema, { name: 'seen_move' });
  await session.run(`DELETE FROM ${move}`);
  for (const { direction, peer_id: id, peer, begun_at: begunAt, ended_at: endedAt, running, used } of toMoveRows(
    moves,
  )) {
    await session.run(
      `INSERT INTO ${move} (direction, peer_id, peer, begun_at, ended_at, running, used) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [direction, id, peer, begunAt, endedAt, running, used],
    );
  }
}
