import type { Design } from './designs.ts';

/** The named steps of a delivery at which somebody may die, in order. */
export const steps = ['claimed', 'paid', 'enriched', 'intended', 'sent', 'answered', 'posted', 'ended'] as const;

export type Step = (typeof steps)[number];

/** What each step means, for people. */
export const meanings: Readonly<Record<Step | 'random', string>> = {
  claimed: 'after the claim',
  paid: 'after the enrichment was paid, before it is saved',
  enriched: 'after the enrichment was saved',
  intended: 'after the intent, before the request leaves',
  sent: 'after the request left, before its answer',
  answered: 'after the answer, before it is saved',
  posted: 'before the commit',
  ended: 'after the commit',
  random: 'at a random moment',
};

/** How a thread is to die by its own hand: at the `occurrence`-th time that it comes to the step. */
export interface Doom {
  readonly step: Step;
  readonly occurrence: number;
  /** The thread alone, or the process with all its threads. */
  readonly victim: 'thread' | 'process';
}

/** What every process of deliverers is told at its start. */
export interface DelivererConfig {
  readonly database: string;
  readonly startedAt: number;
  /** The local Discord. */
  readonly api: string;
  readonly token: string;
  /** The feed and the paid enrichment. */
  readonly source: string;
  readonly threads: number;
  readonly design: Design;
}

/** One worker thread. `incarnation` is told apart from every other thread of the run, earlier ones included. */
export interface ThreadConfig extends DelivererConfig {
  readonly thread: number;
  readonly incarnation: string;
}

/** From the parent to a process, and from there to the thread. */
export type Order =
  | { readonly do: 'doom'; readonly thread: number; readonly doom: Doom }
  | { readonly do: 'terminate'; readonly thread: number }
  | { readonly do: 'stop' };

/** From a process to the parent, one line of JSON on stdout each: they arrive even if the next moment is the last. */
export type Notice =
  | { readonly event: 'ready'; readonly thread: number; readonly incarnation: string }
  | { readonly event: 'dying'; readonly thread: number; readonly step: Step; readonly id: string }
  | { readonly event: 'terminated'; readonly thread: number; readonly incarnation: string }
  | { readonly event: 'failed'; readonly thread: number; readonly error: string }
  | { readonly event: 'log'; readonly thread: number; readonly name: string; readonly fields: string };

/** Which thread a request comes from; with the second, that thread wants to die before the answer. */
export const FROM_HEADER = 'x-chaos-from';
export const DOOM_HEADER = 'x-chaos-doom';

export interface ChaosItem {
  readonly id: string;
  readonly channels: readonly string[];
}
