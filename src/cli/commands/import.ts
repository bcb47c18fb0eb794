import { Command } from '@commander-js/extra-typings';

import { SeenInputError } from '../../store/errors.ts';
import type { TransferResult } from '../../store/transfer/copy.ts';
import { importRows, moveRows } from '../../store/transfer/move.ts';
import type { TransferProgress } from '../../store/transfer/tally.ts';
import type { CommandContext } from '../context.ts';
import { databaseOf, databaseOption, schemaOption } from '../database.ts';
import { databaseAt } from '../movable-database.ts';
import { withProgress, type Step } from '../progress/with-progress.ts';
import { sourceOf } from '../source.ts';
import { count } from '../views/count.ts';

const notes = `
The database becomes equal to what is imported: all else in it is deleted. Rows that are equal already are only read, so
an interrupted import goes on when it is run again, and a second import is short. A database that a bot has used is
refused, because it would forget what that bot has posted; so is one that a bot has open, even with --replace.

With --move the other database is out of service from then on: no bot opens it any more. docs/scaling.md has the steps
for a bot that is running.

Examples:
  seen import data/seen_ids.sqlite --database postgres://seen@localhost/bots
  seen import seen_ids.jsonl --database data/seen_ids.sqlite`;

/** The subcommand `seen import`. */
export const importCommand = (context: CommandContext) =>
  new Command('import')
    .summary('make the database equal to another one, or to a file of "seen export"')
    .description('Makes the database equal to another one, or to a file of "seen export".')
    .argument('<from>', 'a SQLite file, postgres://…, or a file of JSON lines')
    .addOption(databaseOption)
    .addOption(schemaOption)
    .option('--from-schema <name>', 'the schema to import from, where that is in PostgreSQL (default: as for --schema)')
    .option('--move', 'take the other database out of service; its bot must have been stopped')
    .option('--replace', 'replace everything in the database, even if a bot has used it')
    .addHelpText('after', notes)
    .action(async (from, { move, replace, fromSchema, ...named }) => {
      const source = await sourceOf(from, fromSchema, context);
      const target = databaseAt(databaseOf(named, context), context);
      const transfer = (onProgress: (progress: TransferProgress) => void): Promise<TransferResult> => {
        const options = { ...context, onProgress, isReplacing: replace };
        if (!move) return importRows(source, target, options);
        if ('openAlone' in source) return moveRows(source, target, options);
        throw new SeenInputError('--move is for a database: a file of JSON lines is in no service. Leave it out.');
      };
      const result = await withProgress(context, describe, transfer);
      context.print(summaryOf(result));
      if (move) context.print('No bot opens the other database any more. Start the bot on this one.');
    });

function describe({ rows, left, changed }: TransferProgress): Step {
  const text = `${count(rows)} of ${count(rows + left)} rows compared, ${count(changed)} changed`;
  return { done: rows, total: rows + left, text };
}

function summaryOf({ rows, changed }: TransferResult): string {
  const others = changed === 0 ? 'All of them were there already.' : `${count(changed)} had to be written or deleted.`;
  return `Imported ${count(rows)} rows. ${others}`;
}
