import type { Clock } from '../clock.ts';
import type { Admit, Moves, TransferSource, TransferTarget } from '../port/transfer.ts';
import { admitDeparture, admitImport } from './admission.ts';
import { copyRows, type TransferControl, type TransferResult } from './copy.ts';

/** A database that a transfer begins at. */
export interface SourceDatabase {
  /** @param signal Ends the wait for a server. */
  openSource(signal?: AbortSignal): Promise<TransferSource>;
}

/** A database that a transfer ends at. */
export interface TargetDatabase {
  /**
   * Opens it when no store has it open, and leaves the marks that `admit` decides on.
   *
   * @param signal Ends the wait for a server.
   */
  openAlone(admit: Admit, signal?: AbortSignal): Promise<TransferTarget>;
}

/** A database that can be moved away. */
export interface MovableDatabase extends SourceDatabase, TargetDatabase {}

/** The options of a transfer. */
export interface TransferOptions extends TransferControl {
  readonly clock: Clock;
  /** Replaces whatever the target has. Default: false, which refuses a target that a bot has used. */
  readonly isReplacing?: boolean | undefined;
}

/** Makes the target equal to the source as it is now, whoever uses that. */
export async function importRows(
  from: SourceDatabase,
  to: TargetDatabase,
  options: TransferOptions,
): Promise<TransferResult> {
  options.signal?.throwIfAborted();
  const source = await from.openSource(options.signal);
  try {
    const target = await to.openAlone(admitImport(source, termsOf(options)), options.signal);
    return await closing(target, () => fill(source, target, options));
  } finally {
    await source.close();
  }
}

/**
 * Moves a database: from the beginning on no store can open the source any more, and from the end on the target. A move
 * that fails puts the source back into service; one that is killed does not, and goes on when it is repeated.
 */
export async function moveRows(
  from: MovableDatabase,
  to: TargetDatabase,
  options: TransferOptions,
): Promise<TransferResult> {
  options.signal?.throwIfAborted();
  const { target, before } = await openTarget(from, to, options);
  return closing(target, async () => {
    try {
      await changeMarks(from, admitDeparture(target.database, options.clock.now()), options.signal);
    } catch (error) {
      await target.saveMoves(before);
      throw error;
    }
    try {
      const source = await from.openSource(options.signal);
      return await closing(source, () => fill(source, target, options));
    } catch (error) {
      // Not ended by the signal: a move that was stopped leaves nothing out of service.
      await changeMarks(from, ({ moves }) => ({ ...moves, departure: undefined }));
      throw error;
    }
  });
}

/** Puts a database into service that was moved away, or into which a transfer has not ended. */
export async function reopen(target: TargetDatabase, signal?: AbortSignal): Promise<Moves> {
  let before: Moves = { arrival: undefined, departure: undefined };
  const admit: Admit = ({ moves }) => {
    before = moves;
    return { arrival: undefined, departure: undefined };
  };
  await changeMarks(target, admit, signal);
  return before;
}

async function openTarget(
  from: MovableDatabase,
  to: TargetDatabase,
  options: TransferOptions,
): Promise<{ readonly target: TransferTarget; readonly before: Moves }> {
  const source = await from.openSource(options.signal);
  await source.close();
  const { database } = source;
  let before: Moves = { arrival: undefined, departure: undefined };
  const target = await to.openAlone((found) => {
    before = found.moves;
    return admitImport({ database, isInUse: false }, termsOf(options))(found);
  }, options.signal);
  return { target, before };
}

function termsOf({ clock, isReplacing = false }: TransferOptions) {
  return { isReplacing, at: clock.now() };
}

async function fill(source: TransferSource, target: TransferTarget, options: TransferOptions): Promise<TransferResult> {
  const result = await copyRows(source, target, options);
  const { arrival } = target.moves;
  if (arrival !== undefined) {
    await target.saveMoves({ arrival: { ...arrival, endedAt: options.clock.now() }, departure: undefined });
  }
  return result;
}

async function changeMarks(target: TargetDatabase, admit: Admit, signal?: AbortSignal): Promise<void> {
  const database = await target.openAlone(admit, signal);
  await database.close();
}

async function closing<Result>(one: { close(): Promise<void> }, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } finally {
    await one.close();
  }
}
