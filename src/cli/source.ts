import { resolve } from 'node:path';

import { codeOf, reasonOf, SeenInputError, SeenStoreOpenError } from '../store/errors.ts';
import { SQLITE_START, startOf } from '../store/file-start.ts';
import { isPostgresUrl } from '../store/server-url.ts';
import { openJsonLines } from '../store/transfer/jsonl/read.ts';
import type { MovableDatabase, SourceDatabase } from '../store/transfer/move.ts';
import type { CommandContext } from './context.ts';
import { databaseOf } from './database.ts';
import { databaseAt } from './movable-database.ts';

/**
 * Finds what somebody wants to import from: files are told apart by what they begin with.
 *
 * @throws {SeenInputError} for a file that is neither.
 * @throws {SeenStoreOpenError} for one that is missing, or cannot be read.
 */
export async function sourceOf(
  from: string,
  schema: string | undefined,
  context: CommandContext,
): Promise<MovableDatabase | SourceDatabase> {
  if (isPostgresUrl(from)) return databaseAt(databaseOf({ database: from, schema }, context, '<from>'), context);
  const database = databaseOf({ database: from }, context, '<from>');
  const start = requireStart(from);
  if (start === SQLITE_START) return databaseAt(database, context);
  if (start.startsWith('{')) return { openSource: () => openJsonLines(resolve(from)) };
  const problem = start === '' ? 'is empty' : 'is neither a SQLite file nor one that "seen export" has made';
  throw new SeenInputError(`${resolve(from)} ${problem}.`);
}

function requireStart(file: string): string {
  try {
    return startOf(file);
  } catch (cause) {
    const missing = codeOf(cause) === 'ENOENT';
    const problem = missing
      ? `There is no file ${resolve(file)}.`
      : `${resolve(file)} cannot be read: ${reasonOf(cause)}.`;
    throw new SeenStoreOpenError(problem, resolve(file), { cause });
  }
}
