import { Command } from '@commander-js/extra-typings';

import { backupDatabase } from '../../store/backup-database.ts';
import type { BackupProgress } from '../../store/contract/backup.ts';
import type { CommandContext } from '../context.ts';
import { databaseOf, databaseOption, schemaOption } from '../database.ts';
import { waitingFor } from '../progress/waiting.ts';
import { withProgress, type Step } from '../progress/with-progress.ts';

const notes = `
The backup gets its name only once it is complete, checked and on the disk. The bot goes on meanwhile. A backup of a
PostgreSQL database is a SQLite file as well, which a bot can open as its store. docs/operations.md says how to restore
it.

Example:
  seen backup backups/seen_ids.sqlite --database data/seen_ids.sqlite`;

/** The subcommand `seen backup`. */
export const backup = (context: CommandContext) =>
  new Command('backup')
    .summary('copy the database into a file, in a folder that exists')
    .description('Copies the database into a file, in a folder that exists.')
    .argument('<destination>', 'the file to make')
    .addOption(databaseOption)
    .addOption(schemaOption)
    .option('--force', 'replace the file if it exists')
    .addHelpText('after', notes)
    .action(async (destination, { force: overwrite, ...named }) => {
      const { signal, print } = context;
      const { path, bytes } = await waitingFor(context, databaseOf(named, context), (database, isOpen) =>
        withProgress(context, describe, (onProgress) => {
          const tell = (progress: BackupProgress): void => {
            isOpen();
            onProgress(progress);
          };
          return backupDatabase(database, destination, {
            signal,
            onProgress: tell,
            overwrite,
            overwriteSetting: '--force',
          });
        }),
      );
      print(`Backed up to ${path} (${megabytes(bytes)}).`);
    });

function describe({ copied, total }: BackupProgress): Step {
  const text =
    copied === total
      ? `${megabytes(total)} copied, checking the copy …`
      : `${megabytes(copied)} of ${megabytes(total)} copied`;
  return { done: copied, total, text };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
