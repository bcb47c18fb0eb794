import type { Writes } from '../../port/writes.ts';
import type { Operation } from '../../operations.ts';
import type { FileSet } from '../file/identity.ts';

/** Configuration of the writer thread, given to it at its start. */
export interface WriterData {
  readonly path: string;
  readonly busyTimeoutMs: number;
  /** The files that the store reads. */
  readonly set: FileSet;
  /** True for a store that goes by the machine's clock. No other can be given to a thread. */
  readonly hasMachineClock: boolean;
}

/** One of the port's writes on its way to the thread. */
export interface Call {
  readonly id: number;
  readonly name: keyof Writes;
  /** The name for errors. */
  readonly operation: Operation;
  readonly args: readonly unknown[];
}

/**
 * To the writer thread. All calls of one turn of the event loop travel together, and are committed together. `verifiedAt`
 * tells when the store last saw its files in place: see `monotonicMs`.
 */
export type Request =
  | { readonly kind: 'calls'; readonly calls: readonly Call[]; readonly now: number; readonly verifiedAt: number }
  | { readonly kind: 'abort'; readonly id: number }
  /** The files that the store reads are no longer in place. */
  | { readonly kind: 'recover'; readonly verifiedAt: number }
  | { readonly kind: 'close' };

/** An error as it crosses the threads, where classes do not survive. */
export interface SerializedError {
  readonly type: 'busy' | 'store';
  readonly message: string;
  readonly waitedMs?: number;
  readonly cause?: { readonly message: string; readonly code: string };
}

/** From the writer thread. */
export type Reply =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: SerializedError }
  | { readonly kind: 'progress'; readonly id: number; readonly done: number }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly event: string;
      readonly fields: object;
    }
  /** A transaction waited for the lock. */
  | { readonly kind: 'waited'; readonly waitedMs: number }
  /** The path leads to other files than before: reads have to open them as well. */
  | { readonly kind: 'reopened' };
