import { channel, type Channel } from 'node:diagnostics_channel';

/** The number of unanswered writes has changed. */
export interface WriteEvent {
  /** Writes that were requested and have not been answered yet. */
  readonly pending: number;
}

/** A group of writes waited for the lock of another process or thread. */
export interface LockWaitEvent {
  /** In milliseconds. */
  readonly waitedMs: number;
}

/** A purge has deleted ids. */
export interface PurgeEvent {
  readonly deleted: number;
}

/**
 * One step in the delivery of an item, published before the next one begins.
 *
 * - `claimed`: the item is about to be delivered.
 * - `enriched`: its enrichment was saved. Published only by the attempt that made it.
 * - `posted`: one of its channels has the message.
 * - `settled`: the attempt is over: the item was committed, given back, or given up.
 * - `retried`: the attempt had failed, and another one will be made. Follows `settled`.
 * - `failed`: the attempt had failed, and was the last one: the item is a dead letter. Follows `settled`.
 */
export interface ItemEvent {
  readonly feed: string;
  readonly id: string;
  readonly step: 'claimed' | 'enriched' | 'posted' | 'settled' | 'retried' | 'failed';
}

/** An enrichment has ended, an LLM call for example. */
export interface EnrichmentEvent {
  readonly feed: string;
  /** In milliseconds. */
  readonly durationMs: number;
  /** False for one that failed, or was aborted. */
  readonly ok: boolean;
}

/** Enrichment has cost something. */
export interface SpendingEvent {
  readonly feed: string;
  readonly requests: number;
  readonly tokens: number;
}

/** A typed channel of `node:diagnostics_channel`. Publishing is synchronous, and costs nothing without a subscriber. */
class TelemetryChannel<Event extends object> {
  readonly #channel: Channel;

  constructor(name: string) {
    this.#channel = channel(name);
  }

  publish(event: Event): void {
    this.#channel.publish(event);
  }

  /**
   * Calls `onEvent` with every event that is published in this thread, by whichever store or feed.
   *
   * @param until Ends the subscription when it aborts. Default: it never ends.
   */
  subscribe(onEvent: (event: Event) => void, until?: AbortSignal): void {
    if (until?.aborted === true) return;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is published on this channel
    const subscriber = (event: unknown): void => onEvent(event as Event);
    this.#channel.subscribe(subscriber);
    until?.addEventListener('abort', () => this.#channel.unsubscribe(subscriber), { once: true });
  }
}

/**
 * The channels that metrics and traces can subscribe to. Their names are public, so `node:diagnostics_channel` reaches
 * them as well.
 */
export const telemetry = {
  write: new TelemetryChannel<WriteEvent>('sapphire-plugin-seen:write'),
  lockWait: new TelemetryChannel<LockWaitEvent>('sapphire-plugin-seen:lock-wait'),
  purge: new TelemetryChannel<PurgeEvent>('sapphire-plugin-seen:purge'),
  item: new TelemetryChannel<ItemEvent>('sapphire-plugin-seen:item'),
  enrichment: new TelemetryChannel<EnrichmentEvent>('sapphire-plugin-seen:enrichment'),
  spending: new TelemetryChannel<SpendingEvent>('sapphire-plugin-seen:spending'),
} as const;
