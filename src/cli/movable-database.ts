import type { PostgresOptions, SqliteOptions } from '../store/options.ts';
import { movableDatabase } from '../store/databases.ts';
import type { MovableDatabase } from '../store/transfer/move.ts';
import type { CommandContext } from './context.ts';
import { waitingFor } from './progress/waiting.ts';

/** The database of these options, for transfers. A person is told while it has to be waited for. */
export function databaseAt(database: SqliteOptions | PostgresOptions, context: CommandContext): MovableDatabase {
  return {
    openSource: (signal) => waitingFor(context, database, (listening) => movableDatabase(listening).openSource(signal)),
    openAlone: (admit, signal) =>
      waitingFor(context, database, (listening) => movableDatabase(listening).openAlone(admit, signal)),
  };
}
