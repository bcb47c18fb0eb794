import type { Design } from '../designs.ts';
import type { SharedDatabase } from './database/shared-database.ts';

/** The named steps of a delivery at which a client may be killed, in order. */
export const steps = ['claimed', 'paid', 'enriched', 'intended', 'sent', 'answered', 'posted', 'settled'] as const;

export type Step = (typeof steps)[number];

/** Descriptions of the steps for the report. */
export const meanings: Readonly<Record<Step | 'random', string>> = {
  claimed: 'after the claim',
  paid: 'after the enrichment was paid, before it is saved',
  enriched: 'after the enrichment was saved',
  intended: 'after the intent, before the request leaves',
  sent: 'after the request left, before its answer',
  answered: 'after the answer, before it is saved',
  posted: 'before the commit',
  settled: 'after the commit',
  random: 'at a random moment',
};

/** A crash at the `occurrence`-th time that any client of a process reaches the step. */
export interface Crash {
  readonly step: Step;
  readonly occurrence: number;
  /** The thread alone, or the process with all its threads. */
  readonly target: 'thread' | 'process';
}

/** Crashes of which the first whose step is reached happens. */
export interface ArmedCrashes {
  readonly crashes: readonly Crash[];
  /**
   * Counters that all threads of a process share: for each crash, the times that its step is still to be reached, and
   * last a 1 until a crash was chosen.
   */
  readonly left: Int32Array;
}

/** The thread of each process that polls the source, while it leads, where the database is on a server. */
export const POLLER = 0;

/** Configuration of a process of clients, given to it at its start. */
export interface ProcessConfig {
  /** The folder with the bundled programs. */
  readonly programs: string;
  readonly place: SharedDatabase['place'];
  readonly onStoreError: 'deliver' | 'hold';
  readonly startedAt: number;
  /** URL of the local Discord's API. */
  readonly api: string;
  readonly token: string;
  /** URL of the feed and of the paid enrichment. */
  readonly source: string;
  readonly threads: number;
  readonly design: Design;
  /** The error of the process's clock when it starts, in milliseconds of the fast clock. */
  readonly clockErrorMs: number;
}

/** Configuration of one client, which is a worker thread. */
export interface ClientConfig extends ProcessConfig {
  readonly thread: number;
  /** Unique in the run, so that a client is told apart from the one that it replaces. */
  readonly incarnation: string;
  /** See `ClockError`. */
  readonly clockError: Float64Array;
}

/** Sent from the parent to a process. */
export type Order =
  | { readonly do: 'arm'; readonly crashes: readonly Crash[] }
  | { readonly do: 'terminate'; readonly thread: number }
  | { readonly do: 'set-clock'; readonly errorMs: number }
  | { readonly do: 'stop' };

/** Sent from a process to its threads. */
export type ThreadOrder = { readonly do: 'arm'; readonly armed: ArmedCrashes } | { readonly do: 'stop' };

/** Sent from a process to the parent, as a line of JSON on stdout. */
export type Notice =
  | { readonly event: 'ready'; readonly thread: number; readonly incarnation: string }
  | { readonly event: 'claimed'; readonly incarnation: string; readonly id: string }
  | { readonly event: 'left'; readonly incarnation: string; readonly id: string }
  | { readonly event: 'crashing'; readonly thread: number; readonly step: Step; readonly id: string }
  | { readonly event: 'terminated'; readonly thread: number; readonly incarnation: string }
  | { readonly event: 'failed'; readonly thread: number; readonly error: string }
  | { readonly event: 'log'; readonly thread: number; readonly name: string; readonly fields: string };

/** Request header with the incarnation of the client that sends it. */
export const FROM_HEADER = 'x-chaos-from';
/** Request header with the number of the term in which a leader polls the source. */
export const TERM_HEADER = 'x-chaos-term';
/** Request header of a client that is to be killed before the answer. */
export const CRASH_HEADER = 'x-chaos-crash';

export interface ChaosItem {
  readonly id: string;
  readonly channels: readonly string[];
}

/** The item that a message in the log is about, if a notice is that message. */
export function itemNamedBy(notice: Notice, message: 'feed_claim_lost' | 'feed_item_plain'): string | undefined {
  if (notice.event !== 'log' || notice.name !== message) return undefined;
  return /"id":"([^"]+)"/.exec(notice.fields)?.[1];
}
