import type { Design } from '../designs.ts';

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

/** A crash at the `occurrence`-th time that a client reaches the step. */
export interface Crash {
  readonly step: Step;
  readonly occurrence: number;
  /** The thread alone, or the process with all its threads. */
  readonly target: 'thread' | 'process';
}

/** Configuration of a process of clients, given to it at its start. */
export interface ProcessConfig {
  /** The path of a client's program. */
  readonly program: string;
  readonly database: string;
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

/** Sent from the parent to a process, which passes it on to the thread. */
export type Order =
  | { readonly do: 'arm'; readonly thread: number; readonly crash: Crash }
  | { readonly do: 'terminate'; readonly thread: number }
  | { readonly do: 'set-clock'; readonly errorMs: number }
  | { readonly do: 'stop' };

/** Sent from a process to the parent, as a line of JSON on stdout. */
export type Notice =
  | { readonly event: 'ready'; readonly thread: number; readonly incarnation: string }
  | { readonly event: 'claimed'; readonly incarnation: string; readonly id: string }
  | { readonly event: 'crashing'; readonly thread: number; readonly step: Step; readonly id: string }
  | { readonly event: 'terminated'; readonly thread: number; readonly incarnation: string }
  | { readonly event: 'failed'; readonly thread: number; readonly error: string }
  | { readonly event: 'log'; readonly thread: number; readonly name: string; readonly fields: string };

/** Request header with the incarnation of the client that sends it. */
export const FROM_HEADER = 'x-chaos-from';
/** Request header of a client that is to be killed before the answer. */
export const CRASH_HEADER = 'x-chaos-crash';

export interface ChaosItem {
  readonly id: string;
  readonly channels: readonly string[];
}
