import { Command } from '@commander-js/extra-typings';

import { processOfOwner } from '../../store/owner.ts';
import type { CommandContext } from '../context.ts';
import { databaseOption, schemaOption } from '../database.ts';
import { jsonOption, ONLY_READS, withReader } from '../reading.ts';
import { statsText } from '../views/stats-text.ts';

const notes = `
${ONLY_READS}

Examples:
  seen stats
  seen stats --json --database postgres://seen@localhost/bots`;

/** The subcommand `seen stats`. */
export const stats = (context: CommandContext) =>
  new Command('stats')
    .summary('show what the database remembers, and what it saved')
    .description('Shows what the database remembers, and what it saved.')
    .addOption(databaseOption)
    .addOption(schemaOption)
    .addOption(jsonOption)
    .addHelpText('after', notes)
    .action(({ json, ...named }) =>
      withReader(named, context, async (reader) => {
        const found = await reader.stats();
        const [leaders, incidents] = [await reader.leadership.all(), await reader.incidents.current()];
        const outOfService = (await reader.serviceProblem()) ?? null;
        const processes = leaders.map((leader) => Object.assign(processOfOwner(leader.leader), leader));
        const all = { ...found, leaders: processes, incidents, outOfService };
        context.print(json === true ? JSON.stringify(all, null, 2) : statsText(all));
      }),
    );
