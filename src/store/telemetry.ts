import { channel, type Channel } from 'node:diagnostics_channel';

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

/** A channel of `node:diagnostics_channel` whose events have a type. Publishing costs nothing while nobody listens. */
export class TelemetryChannel<Event extends object> {
  readonly #channel: Channel;

  constructor(name: string) {
    this.#channel = channel(name);
  }

  publish(event: Event): void {
    this.#channel.publish(event);
  }

  /** @param until Ends the subscription when it aborts. Default: never. */
  subscribe(hear: (event: Event) => void, until?: AbortSignal): void {
    if (until?.aborted === true) return;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is published on this channel
    const listener = (event: unknown): void => hear(event as Event);
    this.#channel.subscribe(listener);
    until?.addEventListener('abort', () => this.#channel.unsubscribe(listener), { once: true });
  }
}

/**
 * What there is to measure. The names are part of the public API: `node:diagnostics_channel` reaches them as well, for
 * metrics and traces of the bot's own.
 */
export const telemetry = {
  write: new TelemetryChannel<WriteEvent>('sapphire-plugin-seen:write'),
  lockWait: new TelemetryChannel<LockWaitEvent>('sapphire-plugin-seen:lock-wait'),
  purge: new TelemetryChannel<PurgeEvent>('sapphire-plugin-seen:purge'),
  item: new TelemetryChannel<ItemEvent>('sapphire-plugin-seen:item'),
  enrichment: new TelemetryChannel<EnrichmentEvent>('sapphire-plugin-seen:enrichment'),
} as const;
