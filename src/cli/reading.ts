import { Option } from '@commander-js/extra-typings';

import { openSeenReader, type SeenReader } from '../store/databases.ts';
import type { CommandContext } from './context.ts';
import { databaseOf, type NamedDatabase } from './database.ts';
import { waitingFor } from './progress/waiting.ts';

/** The note in the help of a command that only reads. */
export const ONLY_READS = 'It only reads: nothing is created, migrated or forgotten.';

/** The option for programs that read the output. */
export const jsonOption = new Option('--json', 'as JSON, for other programs');

/** Opens the database that somebody has named, reads, and closes it. */
export async function withReader<Result>(
  named: NamedDatabase,
  context: CommandContext,
  read: (reader: SeenReader) => Promise<Result>,
): Promise<Result> {
  const reader = await waitingFor(context, databaseOf(named, context), openSeenReader);
  try {
    return await read(reader);
  } finally {
    await reader.close();
  }
}
