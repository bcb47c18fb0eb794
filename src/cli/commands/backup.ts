import { backupDatabase } from '../../store/backup-database.ts';
import type { BackupProgress } from '../../store/contract/backup.ts';
import { defaultSeenStoreOptions } from '../../store/options.ts';
import type { CommandContext } from '../context.ts';
import { ProgressLine } from '../progress-line.ts';
import type { Subcommand } from '../subcommand.ts';

const help = `Usage: seen backup [options] <destination>

Copies the database into a file, in a folder that exists.

Arguments:
  destination  the file to make

Options:
  --db <path>  the database (default: SEEN_DB_PATH, else ${defaultSeenStoreOptions.path};
               no .env file is read)
  --force      replace a file that has the name already
  --help       show this text

The backup is complete or not there: it gets its name once it has been checked and is on the disk. The bot goes on
meanwhile. docs/operations.md says how to restore it.`;

/** The subcommand `seen backup`. */
export const backup: Subcommand = {
  name: 'backup',
  summary: '  backup [options] <destination>  copy the database into a file, in a folder that exists',
  arguments: ['destination'],
  options: { db: { type: 'string' }, force: { type: 'boolean' } },
  help,
  run: async ({ arguments: [destination = ''], options: { db, force } }, context) =>
    backUp(destination, typeof db === 'string' ? db : undefined, force === true, context),
};

async function backUp(
  destination: string,
  db: string | undefined,
  overwrite: boolean,
  context: CommandContext,
): Promise<void> {
  const line = new ProgressLine(context);
  const onProgress = (progress: BackupProgress): void => line.show(describe(progress));
  try {
    const { signal, logger } = context;
    const { path, bytes } = await backupDatabase(destination, { path: db, logger, signal, onProgress, overwrite });
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
