import type { Design } from '../designs.ts';

/** The lease of every claim, in milliseconds: shorter than most stops, so that a stopped owner loses its claims. */
export const LEASE_MS = 250;

/** Configuration of a client, given to it at its start. Each is a process with one store. */
export interface ClientConfig {
  readonly database: string;
  /** Unique in the run, so that a client is told apart from the one that it replaces. */
  readonly client: string;
  readonly seed: number;
  /** Start of the run, by the monotonic clock. */
  readonly startedAt: number;
  readonly design: Design;
}

export type OperationKind = 'mark' | 'claim' | 'renew' | 'commit' | 'release' | 'read';

export interface Granted {
  readonly id: string;
  readonly token: number;
}

export interface Invocation {
  /** Counts from 1 in each client. */
  readonly operation: number;
  readonly kind: OperationKind;
  /** The ids that are named; empty for a claim of whatever is due. */
  readonly ids: readonly string[];
  /** The token of the claim that is renewed, committed or released. */
  readonly token?: number;
}

/** Sent from the parent to a client. */
export type Order =
  | { readonly do: 'copy'; readonly to: string }
  /** End the workload, close the store, and end. */
  | { readonly do: 'stop' };

/**
 * Sent from a client to the parent, as a line of JSON on stdout. `at` is in milliseconds since the start of the run.
 */
export type Notice =
  | { readonly event: 'ready' }
  | ({ readonly event: 'invoked'; readonly at: number } & Invocation)
  | {
      readonly event: 'accepted';
      readonly at: number;
      readonly operation: number;
      /** The items that a claim was granted. */
      readonly granted: readonly Granted[];
      /** The ids that a read did not find. */
      readonly unseen: readonly string[];
    }
  | {
      readonly event: 'refused';
      readonly at: number;
      readonly operation: number;
      readonly code: string;
      readonly message: string;
    }
  /** A delivery stands for a post: nothing can undo it. */
  | ({ readonly event: 'delivered'; readonly at: number } & Granted)
  | { readonly event: 'copied' }
  | { readonly event: 'not-opened'; readonly code: string; readonly message: string }
  | { readonly event: 'log'; readonly level: string; readonly name: string; readonly fields: string };
