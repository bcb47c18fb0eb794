import { Command } from '@commander-js/extra-typings';

import { migrateDatabase } from '../../store/databases.ts';
import { reopen } from '../../store/transfer/move.ts';
import type { CommandContext } from '../context.ts';
import { databaseOf, databaseOption, schemaOption } from '../database.ts';
import { databaseAt } from '../movable-database.ts';
import { whileUpdating } from '../progress/waiting.ts';

const notes = `
A bot does the same when it starts. Where another role that may create tables runs this command, the bot's own role needs
fewer rights.

Examples:
  seen migrate --database postgres://owner@localhost/bots
  seen migrate --reopen --database data/seen_ids.sqlite`;

/** The subcommand `seen migrate`. */
export const migrate = (context: CommandContext) =>
  new Command('migrate')
    .summary('make the tables of the database, or bring them up to date')
    .description('Makes the tables of the database, or brings them up to date.')
    .addOption(databaseOption)
    .addOption(schemaOption)
    .option('--reopen', 'let bots use it although it was moved away, or was copied while a bot was running')
    .addHelpText('after', notes)
    .action(async ({ reopen: isReopened, ...named }) => {
      const database = databaseOf(named, context);
      const location = await whileUpdating(context, database, 'Bringing the tables up to date', migrateDatabase);
      context.print(`The tables of ${location} are up to date.`);
      if (!isReopened) return;
      await reopen(databaseAt(database, context), context.signal);
      context.print('Bots may use it. Make sure that no bot uses the other one.');
    });
