import { sleepUnlessAborted, systemClock } from '../clock.ts';
import type { SqliteOptions } from '../options.ts';
import { refreshNote } from './file/file-note.ts';
import type { Presence } from './file/opening-lock.ts';
import type { ReadConnection } from './reads/connection.ts';
import type { ThreadCalls } from './writer/thread-calls.ts';

/** Pause between two looks, in milliseconds. Each takes microseconds. */
const EVERY_MS = 900;

interface Watched {
  readonly connection: ReadConnection;
  readonly writer: ThreadCalls;
  readonly presence: Presence;
}

/**
 * Looks once a second whether the files of the database are still in place, and has them put in order if not. Writes look
 * for themselves; but a store that seldom writes must not leave others without what only its own log holds.
 */
export async function watchFiles(
  { connection, writer, presence }: Watched,
  { path, logger }: SqliteOptions,
  closing: AbortSignal,
): Promise<void> {
  let wasTorn = false;
  let hadTrouble = false;
  for (;;) {
    await sleepUnlessAborted(systemClock, EVERY_MS, closing, { ref: false });
    if (closing.aborted) return;
    const isTorn = !connection.verify();
    try {
      // Files that are back, with their volume for example, are opened anew.
      if (isTorn || wasTorn) await writer.recover();
      if (!isTorn) presence.ensure();
      if (!isTorn) refreshNote({ path, logger }, connection.set);
      hadTrouble = false;
    } catch (error) {
      if (!hadTrouble) logger.warn('seen_store_recovery_failed', { path, error });
      hadTrouble = true;
    }
    wasTorn = isTorn;
  }
}
