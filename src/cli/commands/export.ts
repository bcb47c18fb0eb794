import { resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';

import { SeenInputError } from '../../store/errors.ts';
import { filePathProblem } from '../../store/file-path.ts';
import type { PostgresOptions, SqliteOptions } from '../../store/options.ts';
import { isPostgresUrl } from '../../store/server-url.ts';
import { exportRows } from '../../store/transfer/jsonl/write.ts';
import type { TransferProgress } from '../../store/transfer/tally.ts';
import type { CommandContext } from '../context.ts';
import { databaseOf, databaseOption, schemaOption } from '../database.ts';
import { databaseAt } from '../movable-database.ts';
import { withProgress, type Step } from '../progress/with-progress.ts';
import { count } from '../views/count.ts';

const notes = `
The file has one row a line, all of them as they were at one moment, even while a bot is using the database. It gets its
name once it is complete. An interrupted export goes on when it is run again, provided that the database has not changed
since. "seen import" loads the file into another database.

Example:
  seen export seen_ids.jsonl --database data/seen_ids.sqlite`;

/** The subcommand `seen export`. */
export const exportCommand = (context: CommandContext) =>
  new Command('export')
    .summary('write the rows of the database into a file of JSON lines')
    .description('Writes the rows of the database into a file of JSON lines.')
    .argument('<to>', 'the file to make, in a folder that exists')
    .addOption(databaseOption)
    .addOption(schemaOption)
    .option('--force', 'replace the file if it exists')
    .addHelpText('after', notes)
    .action(async (to, { force, ...named }) => {
      requireFileName(to);
      const database = databaseOf(named, context);
      const source = await databaseAt(database, context).openSource(context.signal);
      try {
        const options = {
          signal: context.signal,
          at: context.clock.now(),
          isReplacing: force,
          database: pathOf(database),
        };
        const path = resolve(to);
        const rows = await withProgress(context, describe, (onProgress) =>
          exportRows(source, path, { ...options, onProgress }),
        );
        context.print(`Exported ${count(rows)} rows to ${path}.`);
      } finally {
        await source.close();
      }
    });

/** Undefined for a database that is no file. */
function pathOf(database: SqliteOptions | PostgresOptions): string | undefined {
  return 'path' in database ? database.path : undefined;
}

function requireFileName(to: string): void {
  if (isPostgresUrl(to) || /\.(?:sqlite3?|db)$/i.test(to)) {
    throw new SeenInputError(
      '<to> is a database, and an export is a file of JSON lines. Bring the rows there by "seen import", with --database ' +
        'for the one that gets them.',
    );
  }
  const problem = filePathProblem(to);
  if (problem !== undefined) throw new SeenInputError(`<to> ${problem}`);
}

function describe({ rows, left }: TransferProgress): Step {
  return { done: rows, total: rows + left, text: `${count(rows)} of ${count(rows + left)} rows written` };
}
