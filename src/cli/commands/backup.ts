import type { Command } from 'commander';

import { backupDatabase } from '../../store/backup-database.ts';
import type { BackupProgress } from '../../store/contract/backup.ts';
import { defaultSeenStoreOptions } from '../../store/options.ts';
import type { CommandContext } from '../context.ts';
import { ProgressLine } from '../progress-line.ts';

interface BackupFlags {
  readonly db?: string;
  readonly force?: boolean;
}

const details = `
The backup is complete or not there: it gets its name once it has been checked and is on the disk. The bot goes on
meanwhile. docs/operations.md in the repository says how to restore it.`;

/** Adds `seen backup`. */
export function addBackup(program: Command, context: CommandContext): void {
  program
    .command('backup')
    .description('Copies the database into a file, in a folder that exists.')
    .argument('<destination>', 'the file to make')
    .option(
      '--db <path>',
      `the database (default: SEEN_DB_PATH, else ${defaultSeenStoreOptions.path}; no .env file is read)`,
    )
    .option('--force', 'replace a file that has the name already')
    .addHelpText('after', details)
    .action(async (destination: string, flags: BackupFlags) => backUp(destination, flags, context));
}

async function backUp(destination: string, { db, force = false }: BackupFlags, context: CommandContext): Promise<void> {
  const line = new ProgressLine(context);
  const onProgress = (progress: BackupProgress): void => line.show(describe(progress));
  try {
    const { signal, logger } = context;
    const options = { path: db, logger, signal, onProgress, overwrite: force };
    const { path, bytes } = await backupDatabase(destination, options);
    line.clear();
    console.log(`Backed up to ${path} (${megabytes(bytes)}).`);
  } catch (error) {
    line.clear();
    throw error;
  }
}

function describe({ copied, total }: BackupProgress): string {
  if (copied === total) return `Copied ${megabytes(total)}. Checking the copy …`;
  return `Copied ${megabytes(copied)} of ${megabytes(total)} …`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
