import { Command } from '@commander-js/extra-typings';

import { findItems } from '../../store/find-items.ts';
import type { CommandContext } from '../context.ts';
import { databaseOption, schemaOption } from '../database.ts';
import { jsonOption, ONLY_READS, withReader } from '../reading.ts';
import { itemText } from '../views/item-text.ts';

const notes = `
${ONLY_READS}

Example:
  seen why 0001234567-26-000123`;

/** The subcommand `seen why`. */
export const why = (context: CommandContext) =>
  new Command('why')
    .summary('show what became of an item, in each feed that has one with this id')
    .description('Shows what became of an item, in each feed that has one with this id.')
    .argument('<item>', 'its id, as the feed gives it')
    .addOption(databaseOption)
    .addOption(schemaOption)
    .addOption(jsonOption)
    .addHelpText('after', notes)
    .action((item, { json, ...named }) =>
      withReader(named, context, async (reader) => {
        const found = await findItems(reader, item);
        if (json === true) return context.print(JSON.stringify(found, null, 2));
        context.print(found.length === 0 ? `${item}\n  Nothing is known about it.` : found.map(itemText).join('\n\n'));
      }),
    );
