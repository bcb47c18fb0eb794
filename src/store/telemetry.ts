import { channel } from 'node:diagnostics_channel';

/** A group of writes was committed, or failed. */
export interface WriteEvent {
  /** Writes that were asked for and are not answered yet. */
  readonly pending: number;
}

/** A group of writes waited for the lock of another process or thread. */
export interface LockWaitEvent {
  readonly waitedMs: number;
}

export interface PurgeEvent {
  readonly deleted: number;
}

/** What happened to an item. */
export interface ItemEvent {
  readonly feed: string;
  readonly step: 'claimed' | 'retried' | 'failed';
}

export interface EnrichmentEvent {
  readonly feed: string;
  readonly durationMs: number;
  readonly ok: boolean;
}

/**
 * What there is to measure, as channels of `node:diagnostics_channel`: publishing costs nothing while nobody listens.
 * The names are part of the public API, for metrics and traces of the bot's own.
 */
export const telemetry = {
  write: channel('sapphire-plugin-seen:write'),
  lockWait: channel('sapphire-plugin-seen:lock-wait'),
  purge: channel('sapphire-plugin-seen:purge'),
  item: channel('sapphire-plugin-seen:item'),
  enrichment: channel('sapphire-plugin-seen:enrichment'),
} as const;
